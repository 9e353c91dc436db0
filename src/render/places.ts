import { LineIndex } from '../files/lines.ts';
import { type Found, find, type Span } from '../yaml/find.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlDocument, YamlMap, YamlNode, YamlScalar } from '../yaml/tree.ts';
import type { Sources } from './rendering.ts';
import { Utf8Offsets } from './utf8.ts';

/** So many files keep their trees: findings come in the order of objects, which share few files. */
const mostTrees = 4;

/** Looks up places in the files of the repository, by path of keys, by line, or by byte. */
export class Places {
  readonly #sources: Sources;
  readonly #offsets = new Map<string, Utf8Offsets>();
  readonly #lines = new Map<string, LineIndex>();
  readonly #trees = new Map<string, readonly YamlDocument[]>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** A file's text; undefined when it is not among the sources. */
  text(file: string): string | undefined {
    return this.#sources.get(file)?.text;
  }

  /** Bytes and units of a file's text. */
  offsets(file: string): Utf8Offsets {
    return remember(this.#offsets, file, () => new Utf8Offsets(this.text(file) ?? ''));
  }

  /** Offset in units of a 1-based line and a 1-based column in bytes. */
  offsetAt(file: string, line: number, column: number): number {
    const start = this.#index(file).lineStart(line);
    const offsets = this.offsets(file);
    return offsets.toUnits(offsets.toBytes(start) + Math.max(column, 1) - 1);
  }

  /** A 1-based line of a file, without its end and the blanks around it. */
  line(file: string, line: number): Span {
    const index = this.#index(file);
    const text = index.lineText(line);
    const start = index.lineStart(line) + (text.length - text.trimStart().length);
    return { start, end: start + text.trim().length };
  }

  /** Follows keys and decimal indexes through a file's first document; undefined when it has none. */
  find(file: string, path: readonly string[]): Found | undefined {
    const [first] = this.#documents(file);
    return first === undefined ? undefined : findByText(first.root, path);
  }

  /** What stands at an offset of a file; see {@link foundAt}. */
  at(file: string, offset: number, name?: string): Found | undefined {
    const document = this.#documents(file).findLast(({ root }) => root.start <= offset);
    return document === undefined ? undefined : foundAt(document.root, offset, name);
  }

  #index(file: string): LineIndex {
    return remember(this.#lines, file, () => new LineIndex(this.text(file) ?? ''));
  }

  #documents(file: string): readonly YamlDocument[] {
    const kept = this.#trees.get(file);
    if (kept !== undefined) return kept;
    const text = this.text(file);
    const documents = text === undefined ? [] : parseYaml(text).documents;
    const [oldest] = this.#trees.keys();
    if (oldest !== undefined && this.#trees.size >= mostTrees) this.#trees.delete(oldest);
    this.#trees.set(file, documents);
    return documents;
  }
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** As {@link find}, with list indexes written as decimal text. */
export function findByText(root: YamlNode, path: readonly string[]): Found {
  const typed: (string | number)[] = [];
  for (const key of path) {
    const { node } = find(root, typed);
    const target = node.type === 'alias' ? node.target : node;
    typed.push(target.type === 'seq' && /^\d+$/.test(key) ? Number(key) : key);
  }
  return find(root, typed);
}

/**
 * The entry or list item that begins at an offset or, when none does, the innermost one around it.
 * @param name the innermost entry of this name around it instead, if there is one
 */
export function foundAt(root: YamlNode, offset: number, name?: string): Found {
  const found = innermost(root, offset);
  if (name === undefined || found.entry === undefined || found.entry.name === name) return found;
  let named: Found | undefined;
  for (let at: YamlNode = root; ; ) {
    const next: Found | undefined =
      at.type === 'map'
        ? entryAround(at.entries, offset)
        : at.type === 'seq'
          ? itemAround(at.items, offset)
          : undefined;
    if (next === undefined) return named ?? found;
    if (next.entry?.name === name) named = next;
    at = next.node;
  }
}

function entryAround(entries: YamlMap['entries'], offset: number): Found | undefined {
  const entry = entries.findLast(({ key }) => key.start <= offset);
  return entry && { node: entry.value, entry, complete: true, aliases: [] };
}

function itemAround(items: readonly YamlNode[], offset: number): Found | undefined {
  const item = items.findLast(({ start }) => start <= offset);
  return item && { node: item, entry: undefined, complete: true, aliases: [] };
}

function innermost(root: YamlNode, offset: number): Found {
  let found: Found = { node: root, entry: undefined, complete: true, aliases: [] };
  for (;;) {
    const { node } = found;
    const next: Found | undefined =
      node.type === 'map'
        ? entryAround(node.entries, offset)
        : node.type === 'seq'
          ? itemAround(node.items, offset)
          : undefined;
    if (next === undefined) return found;
    found = next;
    const { entry } = next;
    if (entry !== undefined && offset < Math.max(entry.key.end, entry.value.start)) return found;
  }
}

/** The key that stands for what was found: its own, or that of the first entry of a list item. */
export function keyOf({ node, entry }: Found): YamlNode {
  if (entry !== undefined) return entry.key;
  if (node.type === 'map') return firstKey(node) ?? node;
  const first = node.type === 'seq' ? node.items[0] : undefined;
  return first === undefined ? node : keyOf({ node: first, entry: undefined, complete: true, aliases: [] });
}

function firstKey({ entries: [first] }: YamlMap): YamlNode | undefined {
  return first?.key;
}

/**
 * The line of a scalar's source that holds an offset of its value, for literal blocks and scalars on one line.
 * `value` is the text as it is at that line of the source, so that places in it can be told by their column.
 */
export function lineInScalar(
  text: string,
  { start, end, style, value }: YamlScalar,
  offset: number,
): { readonly span: Span; readonly value: string } | undefined {
  if (typeof value !== 'string') return undefined;
  if (style === 'literal') {
    const before = value.slice(0, offset).split('\n');
    let from = start;
    if (text[from] === '|') from = text.indexOf('\n', from) + 1;
    for (let line = 1; line < before.length; line++) from = text.indexOf('\n', from) + 1;
    const wanted = value.slice(offset - (before.at(-1) ?? '').length).split('\n', 1)[0] ?? '';
    const newline = text.indexOf('\n', from);
    const whole = text.slice(from, newline < 0 ? text.length : newline).replace(/\r$/, '');
    if (!whole.endsWith(wanted)) return undefined;
    const indent = whole.length - wanted.length;
    return { span: { start: from + indent, end: from + whole.length }, value: wanted };
  }
  const quoted = style === 'single' || style === 'double' ? 1 : 0;
  const span = { start: start + quoted, end: end - quoted };
  return text.slice(span.start, span.end) === value ? { span, value } : undefined;
}
