// What the error codes of AWS services mean, where the driver speaks to one. A code that is not here: its status tells.
import type { Verdict } from "./model.ts";
import type { Against } from "./taxonomy.ts";

export interface CodeRow {
  readonly codes: readonly string[];
  readonly verdict: Verdict;
  readonly against: Against;
  readonly reason: string;
}

/** Codes without namespace. They stand in answers, and in the entries of batches. */
export const awsCodeTable: readonly CodeRow[] = [
  {
    codes: [
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "RequestThrottled",
      "RequestThrottledException",
      "RequestLimitExceeded",
      "TooManyRequestsException",
      "OverLimit",
      "KmsThrottled",
      "SlowDown",
    ],
    verdict: "wait",
    against: "site",
    reason: "the service asks for fewer requests",
  },
  {
    codes: [
      "AccessDenied",
      "AccessDeniedException",
      "NotAuthorizedForSourceException",
      "KmsAccessDenied",
      "ExpiredToken",
      "ExpiredTokenException",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "MissingAuthenticationToken",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "IncompleteSignature",
      "InvalidSecurity",
    ],
    verdict: "retry",
    against: "credentials",
    reason: "the role that we took on is not allowed it",
  },
  {
    codes: ["QueueDoesNotExist", "NonExistentQueue", "QueueDeletedRecently", "ResourceNotFoundException"],
    verdict: "retry",
    against: "site",
    reason: "there is no such queue or bus",
  },
  {
    codes: ["InternalFailure", "InternalException", "InternalError", "ServiceUnavailable"],
    verdict: "retry",
    against: "site",
    reason: "the service failed",
  },
  {
    codes: [
      "InvalidMessageContents",
      "InvalidParameterValue",
      "InvalidAttributeValue",
      "MissingParameter",
      "MalformedDetail",
      "InvalidArgument",
      "ValidationException",
      "BatchRequestTooLong",
      "MessageTooLong",
    ],
    verdict: "fault",
    against: "event",
    reason: "refused for good",
  },
];

/** null: its status tells. */
export const awsCodeRow = (code: string): CodeRow | null =>
  awsCodeTable.find(({ codes }) => codes.includes(code)) ?? null;
