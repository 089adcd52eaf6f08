// Progress for people, on standard error, so that standard output stays what a command was asked for.

export interface Progress {
  /** One line that changes on a terminal; elsewhere plain lines, without those that differ in numbers only. */
  readonly tell: (message: string) => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let last = "";
  const clear = () => {
    stream.clearLine(0);
    stream.cursorTo(0);
  };
  if (stream.isTTY) {
    return {
      tell: (message) => {
        clear();
        last = message.slice(0, stream.columns - 1);
        stream.write(last);
      },
      end: () => {
        if (last !== "") clear();
      },
    };
  }
  return {
    tell: (message) => {
      const gist = message.replace(/\d+/g, "");
      if (gist !== last) stream.write(`${message}\n`);
      last = gist;
    },
    end: () => {},
  };
}
