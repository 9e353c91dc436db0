const LF = 10;
const CR = 13;

/**
 * Lines and columns of a text. Both count from 1, columns in UTF-16 units; offsets count from 0 in UTF-16 units.
 * A line ends at LF, CR LF or CR, as in YAML 1.2 (section 5.4).
 */
export class LineIndex {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Line and column of an offset. The end of the text is the place after its last character. */
  position(offset: number): { line: number; column: number } {
    const starts = this.#lineStarts();
    let line = 0;
    let past = starts.length;
    while (past - line > 1) {
      const middle = (line + past) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else past = middle;
    }
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  }

  /** Offset of the first character of a line; the text's length for a line that it does not have. */
  lineStart(line: number): number {
    return this.#lineStarts()[line - 1] ?? this.#text.length;
  }

  /** A line without its break; empty for a line that the text does not have. */
  lineText(line: number): string {
    return this.#text.slice(this.lineStart(line), this.lineStart(line + 1)).replace(/\r?\n$|\r$/, '');
  }

  /** Made at the first use: most files have no finding. */
  #lineStarts(): readonly number[] {
    this.#starts ??= lineStarts(this.#text);
    return this.#starts;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    return starts;
  }
  for (let offset = 0; offset < text.length; offset++) {
    const unit = text.charCodeAt(offset);
    if (unit === LF || (unit === CR && text.charCodeAt(offset + 1) !== LF)) starts.push(offset + 1);
  }
  return starts;
}
