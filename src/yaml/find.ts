import type { YamlAlias, YamlEntry, YamlMap, YamlNode } from './tree.ts';

/** What {@link find} found of a path. */
export interface Found {
  /** The value at the path, or at the longest part of it that exists. */
  readonly node: YamlNode;
  /** The map entry that holds it; undefined for a list item and for the document's root. */
  readonly entry: YamlEntry | undefined;
  /** Whether the whole path exists. */
  readonly complete: boolean;
  /** The aliases that were gone through, outermost first. */
  readonly aliases: readonly YamlAlias[];
}

/** Follows property names and 0-based indexes from a node, through aliases and merge keys. */
export function find(root: YamlNode, path: readonly (string | number)[]): Found {
  const aliases: YamlAlias[] = [];
  let node = root;
  let entry: YamlEntry | undefined;
  for (const key of path) {
    const target = follow(node, aliases);
    if (target.type === 'seq') {
      const item = typeof key === 'number' ? target.items[key] : undefined;
      if (item === undefined) return { node, entry, complete: false, aliases };
      node = item;
      entry = undefined;
      continue;
    }
    const next = target.type === 'map' ? lookUp(target, String(key), aliases) : undefined;
    if (next === undefined) return { node, entry, complete: false, aliases };
    node = next.value;
    entry = next;
  }
  return { node, entry, complete: true, aliases };
}

function follow(node: YamlNode, aliases: YamlAlias[]): Exclude<YamlNode, YamlAlias> {
  if (node.type !== 'alias') return node;
  aliases.push(node);
  return node.target;
}

/** The entry that counts: the last one of its name, else the first that a merge key brings. */
function lookUp(map: YamlMap, name: string, aliases: YamlAlias[]): YamlEntry | undefined {
  const own = map.entries.findLast((entry) => entry.name === name && !entry.merge);
  if (own !== undefined) return own;
  for (const { value } of map.entries.filter((entry) => entry.merge)) {
    const sources = value.type === 'seq' ? value.items : [value];
    for (const source of sources) {
      const through: YamlAlias[] = [];
      const merged = follow(source, through);
      const found = merged.type === 'map' ? lookUp(merged, name, through) : undefined;
      if (found === undefined) continue;
      aliases.push(...through);
      return found;
    }
  }
  return undefined;
}

/** UTF-16 offsets in the file's text, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The text to mark for what was found: a scalar with its key when both are on one line, else the key; for a list item
 * that is a map, its first entry.
 */
export function markOf({ node, entry, complete }: Found, text: string): Span {
  if (entry !== undefined) {
    const { key } = entry;
    const scalar = node.type === 'scalar' || node.type === 'alias';
    const oneLine =
      scalar && complete && node.end >= key.end && !/[\r\n]/.test(text.slice(key.start, node.end));
    return { start: key.start, end: oneLine ? node.end : key.end };
  }
  const first = node.type === 'map' ? node.entries[0] : undefined;
  if (first !== undefined)
    return markOf({ node: first.value, entry: first, complete: true, aliases: [] }, text);
  const lineEnd = text.slice(node.start, node.end).search(/[\r\n]/);
  return { start: node.start, end: lineEnd < 0 ? node.end : node.start + lineEnd };
}
