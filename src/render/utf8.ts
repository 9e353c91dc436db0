/** Units between two places whose byte offset is kept. */
const stride = 512;

/** Turns offsets in the UTF-8 bytes of a text into offsets in its UTF-16 units, and back. */
export class Utf8Offsets {
  readonly #text: string;
  /** Byte offset of every {@link stride}-th unit; empty for a text that is all ASCII. */
  #marks: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset in units of the character at a byte offset; the text's end for what lies behind it. */
  toUnits(byte: number): number {
    const marks = this.#table();
    if (marks.length === 0) return Math.min(byte, this.#text.length);
    let low = 0;
    let high = marks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((marks[middle] ?? 0) <= byte) low = middle;
      else high = middle;
    }
    let at = marks[low] ?? 0;
    let unit = low * stride;
    while (at < byte && unit < this.#text.length) at += bytesOf(this.#text.charCodeAt(unit++));
    return unit;
  }

  /** Byte offset of a unit. */
  toBytes(unit: number): number {
    const marks = this.#table();
    if (marks.length === 0) return unit;
    const mark = Math.min(Math.floor(unit / stride), marks.length - 1);
    let at = marks[mark] ?? 0;
    for (let next = mark * stride; next < unit; next++) at += bytesOf(this.#text.charCodeAt(next));
    return at;
  }

  #table(): readonly number[] {
    if (this.#marks === undefined) {
      this.#marks = [];
      const text = this.#text;
      if (Buffer.byteLength(text) !== text.length)
        for (let unit = 0, at = 0; unit < text.length; unit++) {
          if (unit % stride === 0) this.#marks.push(at);
          at += bytesOf(text.charCodeAt(unit));
        }
    }
    return this.#marks;
  }
}

/** Both halves of a surrogate pair count two of its four bytes. */
function bytesOf(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
}
