// Progress for people, on standard error, so that standard output stays what a command was asked for.

/** A function that tells progress: one line that changes on a terminal, plain lines that do not repeat elsewhere. */
export function progressLines(stream: NodeJS.WriteStream = process.stderr): (message: string) => void {
  if (stream.isTTY) {
    return (message) => {
      stream.clearLine(0);
      stream.cursorTo(0);
      stream.write(message.slice(0, stream.columns - 1));
    };
  }
  let last = "";
  return (message) => {
    const gist = message.replace(/\d+/g, "");
    if (gist !== last) stream.write(`${message}\n`);
    last = gist;
  };
}
