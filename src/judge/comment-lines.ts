import type { SourceComment } from './suppress.ts';

/**
 * By line of a comment, the line that it is about: its own, or the one below when it stands alone; comments that stand
 * above each other are about the same. All lines are 1-based.
 */
export function linesAbout(comments: readonly SourceComment[]): ReadonlyMap<number, number> {
  const about = new Map<number, number>();
  for (const { line, ownLine } of comments.toReversed())
    about.set(line, ownLine ? (about.get(line + 1) ?? line + 1) : line);
  return about;
}

/** Neither ends a block nor belongs to it: empty lines, comments, and lines of a template that print nothing themselves. */
const silent = /^\s*(#.*|\{\{.*\}\})?\s*$/;

/**
 * The last line of the block that begins at a line, by indentation alone, so that it works for templates, too: of the
 * list item, or of the key with its value. `lines` are those of the file; `first` and the result are 1-based.
 */
export function endOfBlock(lines: readonly string[], first: number): number {
  const start = lines[first - 1] ?? '';
  const indentation = indentationOf(start);
  const isItem = itemMark.test(start);
  let last = first;
  for (let line = first + 1; line <= lines.length; line++) {
    const text = lines[line - 1] ?? '';
    if (silent.test(text)) continue;
    const deeper = indentationOf(text) - indentation;
    // The items of a list may stand below their key without being indented.
    if (deeper < 0 || (deeper === 0 && (isItem || !itemMark.test(text)))) break;
    last = line;
  }
  return last;
}

const itemMark = /^\s*-(\s|$)/;

function indentationOf(text: string): number {
  return text.length - text.trimStart().length;
}
