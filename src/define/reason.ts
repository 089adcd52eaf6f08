/** Longest reason that is kept: users' code may throw a whole payload. */
const longestReason = 1_000;

/** What an error of users' code says, as a reason that is stored, logged and shown. */
export const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.length > longestReason ? `${text.slice(0, longestReason)}…` : text;
};
