import type { YamlDocument, YamlNode } from './tree.ts';

/** A comment of a YAML text. Offsets in UTF-16 units, `end` exclusive; `start` is that of the `#`. */
export interface YamlComment {
  readonly start: number;
  readonly end: number;
  /** Whether nothing but spaces stands before it on its line. */
  readonly ownLine: boolean;
}

/** All comments of a text in their order. A `#` inside a block or a quoted scalar begins none. */
export function findComments(text: string, documents: readonly YamlDocument[]): YamlComment[] {
  const literals = documents.flatMap(({ root }) => literalSpans(root)).sort(([a], [b]) => a - b);
  const comments: YamlComment[] = [];
  let next = 0;
  // The `#` may be the first of its line that is not inside a literal, not the first at all.
  const hash = /(?<=^|[ \t\r\n])#[^\r\n]*/g;
  for (let match = hash.exec(text); match !== null; match = hash.exec(text)) {
    const start = match.index;
    while ((literals[next]?.[1] ?? Number.POSITIVE_INFINITY) <= start) next++;
    const [from, to] = literals[next] ?? [Number.POSITIVE_INFINITY, 0];
    if (from <= start) {
      hash.lastIndex = to;
      continue;
    }
    comments.push({ start, end: start + match[0].length, ownLine: isFirstOfLine(text, start) });
  }
  return comments;
}

/** Whether nothing but spaces stands between the beginning of a line and an offset. */
function isFirstOfLine(text: string, offset: number): boolean {
  let before = offset - 1;
  while (text[before] === ' ' || text[before] === '\t') before--;
  return before < 0 || text[before] === '\n' || text[before] === '\r';
}

/** Where scalars stand that may hold a `#`. */
function literalSpans(node: YamlNode): [start: number, end: number][] {
  switch (node.type) {
    case 'scalar':
      return node.style === 'plain' ? [] : [[node.start, node.end]];
    case 'seq':
      return node.items.flatMap(literalSpans);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [...literalSpans(key), ...literalSpans(value)]);
    case 'alias':
      return [];
  }
}
