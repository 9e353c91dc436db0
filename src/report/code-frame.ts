import { escapeTerminal } from './escape.ts';

/**
 * A source line without its indentation, cut to at most `width` terminal columns around the mark, and the carets to
 * print under it. `from` and `to` are 0-based UTF-16 offsets in `text`, `to` exclusive.
 */
export function codeFrame(
  text: string,
  from: number,
  to: number,
  width: number,
): { readonly code: string; readonly carets: string } {
  const content = text.trimEnd();
  const at = Math.min(from, content.length);
  const indentation = Math.min(at, text.length - text.trimStart().length);
  // A line may be megabytes long: what is further away than this can never be shown.
  const start = Math.max(indentation, at - 2 * width);
  const end = Math.min(content.length, at + 2 * width);
  const cells = cellsOf(content.slice(start, end), at - start, to - start);
  const marked = cells.findIndex((cell) => cell.marked);
  const mark = marked < 0 ? cells.length : marked;

  const whole = start === indentation && end === content.length && columnsOf(cells) <= width;
  const first = whole ? 0 : mark - fitting(cells.slice(0, mark).reverse(), Math.floor(width / 3));
  const last = whole ? cells.length : first + fitting(cells.slice(first), width - 2);
  const before = start > indentation || first > 0 ? '…' : '';
  const after = end < content.length || last < cells.length ? '…' : '';

  const margin = before.length + columnsOf(cells.slice(first, mark));
  const carets = columnsOf(cells.slice(mark, last).filter((cell) => cell.marked));
  const code = cells.slice(first, last).map(({ printed }) => printed);
  return {
    code: `${before}${code.join('')}${after}`,
    carets: `${' '.repeat(margin)}${'^'.repeat(Math.max(1, carets))}`,
  };
}

/** A piece of the source line that is printed as a whole. */
interface Cell {
  readonly printed: string;
  /** Terminal columns that it takes. */
  readonly columns: number;
  readonly marked: boolean;
}

function cellsOf(text: string, from: number, to: number): Cell[] {
  // `##[` is escaped as a whole, so it is one cell.
  return Array.from(text.matchAll(/##\[|./gsu), ({ 0: source, index }) => {
    const printed = source === '\t' ? '  ' : escapeTerminal(source);
    const columns = printed === source ? widthOf(source) : printed.length;
    return { printed, columns, marked: index < to && index + source.length > from };
  });
}

function columnsOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { columns }) => sum + columns, 0);
}

/** How many of the cells, from the first one on, have room in `width` columns. */
function fitting(cells: readonly Cell[], width: number): number {
  let columns = 0;
  let number = 0;
  for (const cell of cells) {
    columns += cell.columns;
    if (columns > width) break;
    number += 1;
  }
  return number;
}

/** Characters of two columns: Wide and Fullwidth of Unicode's EastAsianWidth.txt. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

function widthOf(character: string): 0 | 1 | 2 {
  if (/[\p{Mn}\p{Me}]/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
