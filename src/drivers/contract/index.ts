/**
 * What every driver does in a role, judged from outside: by what a giver is answered, what reaches a taker and what is
 * read of a source. A driver brings a subject for each of its roles; contract.test.ts finds them through the registry.
 */
export { type FeedSubject, feedContract } from "./feed.ts";
export { type PollSubject, pollContract, type SourceBehaviour } from "./poll.ts";
export { type ReceiveSubject, receiveContract } from "./receive.ts";
export { type RecordSubject, recordContract } from "./record.ts";
export { type SendSubject, type SiteBehaviour, sendContract } from "./send.ts";
