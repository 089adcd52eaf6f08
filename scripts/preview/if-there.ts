/** Waits for something to be removed. What is gone already is removed. */
export async function ifThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && /NotFound|NonExistent|DoesNotExist|NoSuch/.test(error.name);
