/** Media type of one CloudEvent in its JSON format. Apart from the library, which not everyone who reads messages needs. */
export const eventContentType = "application/cloudevents+json";
