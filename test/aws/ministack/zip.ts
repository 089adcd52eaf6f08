// Files in a zip archive, unpacked: what a function's code is uploaded as where no component does it.
import { crc32 } from "node:zlib";

/** Every date in it is this one, so that equal files are equal bytes: 1 January 1980. */
const date = 0x21;

export const zip = (files: Readonly<Record<string, string>>): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [file, bytes] = [Buffer.from(name), Buffer.from(text)];
    const facts = factsOf(file, bytes);
    const local = Buffer.concat([numbers([0x04034b50, 4], [20, 2]), facts, numbers([0, 2]), file, bytes]);
    const where = numbers([0, 2], [0, 2], [0, 2], [0, 2], [0o644 * 0x1_0000, 4], [offset, 4]);
    centrals.push(Buffer.concat([numbers([0x02014b50, 4], [20 + 3 * 256, 2], [20, 2]), facts, where, file]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const count = locals.length;
  const end = numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [central.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...locals, central, end]);
};

/** Flags, method, time, date, checksum, both sizes, length of the name: alike in both places. */
const factsOf = (file: Buffer, bytes: Buffer): Buffer =>
  numbers([0, 2], [0, 2], [0, 2], [date, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [file.length, 2]);

const numbers = (...given: readonly (readonly [value: number, bytes: number])[]): Buffer => {
  const buffer = Buffer.alloc(given.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of given) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
};
