// Where each region's services listen: one MiniStack process for each.
import * as z from "zod";

/** Environment variable with the URL of each region's MiniStack, as JSON. */
export const PLACES = "ISTHMUS_TEST_AWS";

const Places = z.record(z.string(), z.url({ hostname: /^(127\.0\.0\.1|localhost)$/ }));

/** What a client of the SDK is made with. @throws Error where no MiniStack stands for the region */
export function clientOf(region: string) {
  const endpoint = places()[region];
  if (endpoint === undefined)
    throw new Error(`region ${region}: no URL in ${PLACES}; known are ${regions().join(", ")}`);
  return { region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

export const regions = (): readonly string[] => Object.keys(places());

const places = () => Places.parse(JSON.parse(process.env[PLACES] ?? "{}"));
