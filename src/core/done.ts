/** Takes the result of something asked for. Called exactly once, at once or later, unless the process ends before. */
export type Done<T> = (result: T) => void;
