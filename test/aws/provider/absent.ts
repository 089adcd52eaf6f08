// What is not there is no error where that is the question.
const GONE = /NotFound|NonExistent|DoesNotExist|NoSuchEntity/;

/** What the call answers; null where the service says that the thing does not exist. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && GONE.test(error.name)) return null;
    throw error;
  }
}
