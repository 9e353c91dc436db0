import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml';
import { keyName, setOwn } from './key.ts';
import { resolvePlain, resolveTagged } from './scalar.ts';
import { readSimple } from './simple.ts';
import type {
  YamlAlias,
  YamlDocument,
  YamlEntry,
  YamlFile,
  YamlMap,
  YamlNode,
  YamlProblem,
  YamlScalar,
  YamlSeq,
} from './tree.ts';

/** Bounds on what a file may ask for; beyond them a document is given up with a problem of kind `limit`. */
export interface YamlLimits {
  /** Nesting of collections. */
  readonly depth: number;
  /** Nodes that a document has when its aliases and merge keys are written out. */
  readonly nodes: number;
  /** Problems that are reported of one file. */
  readonly problems: number;
}

/** Enough for the largest custom resource definitions that are in use; small enough to stop a bomb in milliseconds. */
export const defaultLimits: YamlLimits = { depth: 300, nodes: 2_000_000, problems: 50 };

/**
 * Parses a YAML or JSON text of any number of documents. Never throws: a document that cannot be parsed has a
 * problem, and the documents around it are still there.
 */
export function parseYaml(text: string, limits: YamlLimits = defaultLimits): YamlFile {
  const simple = readSimple(text, limits.depth);
  return simple === undefined ? parseFully(text, limits) : { documents: simple, problems: [] };
}

/** As {@link parseYaml}, by the full parser alone. */
export function parseFully(text: string, limits: YamlLimits = defaultLimits): YamlFile {
  const problems: YamlProblem[] = [];
  const documents: YamlDocument[] = [];
  const report = (problem: YamlProblem) => {
    if (problems.length < limits.problems) problems.push(problem);
  };
  const whole = events(text, limits);
  if (Array.isArray(whole)) readDocuments(text, 0, whole, limits, documents, report);
  else
    for (const [start, end] of splitDocuments(text)) {
      const part = text.slice(start, end);
      const parsed = events(part, limits);
      if (Array.isArray(parsed)) readDocuments(part, start, parsed, limits, documents, report);
      else report(syntaxProblem(parsed, start, end));
    }
  return { documents, problems };
}

/**
 * Where the documents of a text begin and end. A line that starts with `---` begins a document whatever it
 * stands in, so this holds for texts that do not parse.
 */
function splitDocuments(text: string): [start: number, end: number][] {
  const parts: [number, number][] = [];
  let start = 0;
  for (const match of text.matchAll(/^---(?=[ \t\r\n]|$)/gm)) {
    if (match.index > start) parts.push([start, match.index]);
    start = match.index;
  }
  parts.push([start, text.length]);
  return parts.filter(([from, to]) => text.slice(from, to).trim() !== '');
}

function events(text: string, limits: YamlLimits): Event[] | YAMLException {
  let mended = text;
  for (let joined = 0; ; joined++)
    try {
      return parseEvents(mended, { maxDepth: limits.depth });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const next = joined < mostJoined ? joinFlowLine(mended, error) : undefined;
      if (next === undefined) return error;
      mended = next;
    }
}

/** Lines of one text that are joined at most: each costs another parse. */
const mostJoined = 50;

/**
 * Inside brackets the API server's parser (libyaml's rules) does not mind indentation, but YAML 1.2 does: a line of a flow
 * collection that is indented too little is joined with the one before. The text keeps its length.
 */
function joinFlowLine(text: string, { reason, mark }: YAMLException): string | undefined {
  if (reason !== 'deficient indentation' || mark === undefined) return undefined;
  const before = text.slice(0, mark.position).trimEnd();
  const joint = /\s+$/.exec(text.slice(0, mark.position))?.[0] ?? '';
  const lastLine = before.slice(before.lastIndexOf('\n') + 1);
  const comment = /(?:^|\s)#.*$/.exec(lastLine)?.[0] ?? '';
  const code = before.slice(0, before.length - comment.length);
  if (!/[[{,]\s*$/.test(code) && !/[\]},]/.test(text.charAt(mark.position))) return undefined;
  return code + ' '.repeat(comment.length + joint.length) + text.slice(mark.position);
}

function syntaxProblem(error: YAMLException, start: number, end: number): YamlProblem {
  const at = Math.min(start + (error.mark?.position ?? 0), end);
  const tooDeep = /maxDepth/.test(error.reason);
  return {
    kind: tooDeep ? 'limit' : 'syntax',
    message: tooDeep ? 'The YAML is nested too deeply' : sentence(error.reason),
    start: at,
    end: Math.min(at + 1, end),
    document: [start, end],
  };
}

function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

function readDocuments(
  text: string,
  base: number,
  list: readonly Event[],
  limits: YamlLimits,
  documents: YamlDocument[],
  report: (problem: YamlProblem) => void,
): void {
  let index = 0;
  let from = 0;
  while (index < list.length) {
    // The event after DOCUMENT begins its root; POP ends the document.
    const reader = new DocumentReader(text, base, list, index + 1, from, limits, report);
    const document = reader.read();
    if (document !== undefined) documents.push(document);
    index = reader.next;
    from = reader.position;
  }
}

/** A document is given up; the problem has been reported. */
class Abandoned extends Error {}

interface Anchor {
  node: Exclude<YamlNode, YamlAlias> | undefined;
  value: unknown;
  /** Number of nodes when written out. */
  size: number;
}

/** What reading a node gives besides the node: its value, and how many nodes it has when written out. */
interface Read {
  readonly node: YamlNode;
  readonly value: unknown;
  readonly size: number;
}

/** Builds the tree and the value of one document in one pass over its events. */
class DocumentReader {
  next: number;
  position: number;
  readonly #text: string;
  readonly #base: number;
  readonly #events: readonly Event[];
  readonly #limits: YamlLimits;
  readonly #report: (problem: YamlProblem) => void;
  readonly #anchors = new Map<string, Anchor>();

  constructor(
    text: string,
    base: number,
    list: readonly Event[],
    index: number,
    position: number,
    limits: YamlLimits,
    report: (problem: YamlProblem) => void,
  ) {
    this.#text = text;
    this.#base = base;
    this.#events = list;
    this.next = index;
    this.position = position;
    this.#limits = limits;
    this.#report = report;
  }

  read(): YamlDocument | undefined {
    const depth = this.next;
    try {
      const { node, value } = this.#node();
      this.next++;
      const empty = node.type === 'scalar' && node.value === null && node.start === node.end;
      return empty ? undefined : { root: node, value, start: node.start, end: node.end };
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      this.next = this.#endOfDocument(depth);
      return undefined;
    }
  }

  #endOfDocument(rootIndex: number): number {
    let open = 1;
    let index = rootIndex;
    while (open > 0 && index < this.#events.length) {
      const type = this.#events[index]?.type;
      if (type === EVENT_ID.POP) open--;
      else if (type !== EVENT_ID.SCALAR && type !== EVENT_ID.ALIAS) open++;
      index++;
    }
    return index;
  }

  #node(): Read {
    const event = this.#events[this.next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
        return this.#map(event);
      case EVENT_ID.SEQUENCE:
        return this.#seq(event);
      case EVENT_ID.ALIAS:
        return this.#alias(event);
      default:
        throw new Error('The YAML events are not balanced');
    }
  }

  #scalar(event: ScalarEvent): Read {
    const { style, valueStart, valueEnd } = event;
    const raw = valueStart < 0 ? '' : getScalarValue(this.#text, event);
    const plain = style === SCALAR_STYLE.PLAIN;
    const value =
      event.tagStart < 0
        ? plain
          ? resolvePlain(raw)
          : raw
        : resolveTagged(raw, this.#text.slice(event.tagStart, event.tagEnd), plain);
    let start = this.position;
    if (valueStart >= 0) {
      const quote = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
      start = valueStart - quote;
      this.position = valueEnd + quote;
    } else if (event.tagStart >= 0 || event.anchorStart >= 0) {
      start = Math.max(event.tagEnd, event.anchorEnd);
      this.position = start;
    }
    const node: YamlScalar = {
      type: 'scalar',
      start: this.#base + start,
      end: this.#base + this.position,
      value,
      style: styles[style],
    };
    if (event.anchorStart >= 0) this.#define(event, { node, value, size: 1 });
    return { node, value, size: 1 };
  }

  #seq(event: SequenceEvent): Read {
    const anchor = this.#open(event);
    const items: YamlNode[] = [];
    const value: unknown[] = [];
    let size = 1;
    this.position = event.start;
    while (this.#events[this.next]?.type !== EVENT_ID.POP) {
      const item = this.#node();
      items.push(item.node);
      value.push(item.value);
      size = this.#grow(size, item.size, item.node);
    }
    this.next++;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    if (flow) this.#closeFlow(event.start);
    const node: YamlSeq = {
      type: 'seq',
      start: this.#base + event.start,
      end: this.#base + this.position,
      flow,
      items,
    };
    this.#close(anchor, node, value, size);
    return { node, value, size };
  }

  #map(event: MappingEvent): Read {
    const anchor = this.#open(event);
    const entries: YamlEntry[] = [];
    const value: Record<string, unknown> = {};
    let merges: Read[] | undefined;
    let size = 1;
    this.position = event.start;
    while (this.#events[this.next]?.type !== EVENT_ID.POP) {
      const key = this.#node();
      const name = keyName(key.value);
      const item = this.#node();
      size = this.#grow(size, item.size, item.node);
      const merge = name === '<<' && key.node.type === 'scalar' && key.node.style === 'plain';
      entries.push({ name, key: key.node, value: item.node, merge });
      if (merge) {
        merges ??= [];
        merges.push(item);
        continue;
      }
      if (Object.hasOwn(value, name)) {
        const { start, end } = key.node;
        this.#report({
          kind: 'duplicate-key',
          message: `The key ${JSON.stringify(name)} is here twice`,
          start,
          end,
        });
      }
      setOwn(value, name, item.value);
    }
    this.next++;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    if (flow) this.#closeFlow(event.start);
    if (merges !== undefined) this.#merge(value, merges);
    const node: YamlMap = {
      type: 'map',
      start: this.#base + event.start,
      end: this.#base + this.position,
      flow,
      entries,
    };
    this.#close(anchor, node, value, size);
    return { node, value, size };
  }

  /** Adds what `<<` brings: keys that the map sets itself win, then earlier maps over later ones. */
  #merge(value: Record<string, unknown>, merges: readonly Read[]): void {
    for (const { node, value: source } of merges)
      for (const map of Array.isArray(source) ? source : [source]) {
        if (typeof map !== 'object' || map === null || Array.isArray(map))
          this.#abandon('syntax', 'A merge key (<<) takes a map or a list of maps', node);
        for (const key of Object.keys(map)) if (!Object.hasOwn(value, key)) setOwn(value, key, map[key]);
      }
  }

  #alias(event: AliasEvent): Read {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    this.position = event.anchorEnd;
    const place = { start: this.#base + event.anchorStart - 1, end: this.#base + event.anchorEnd };
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) this.#abandon('syntax', `There is no anchor &${name} before this alias`, place);
    if (anchor.node === undefined) this.#abandon('syntax', `The alias *${name} contains itself`, place);
    return { node: { type: 'alias', ...place, target: anchor.node }, value: anchor.value, size: anchor.size };
  }

  #open(event: MappingEvent | SequenceEvent): Anchor | undefined {
    if (event.anchorStart < 0) return undefined;
    return this.#define(event, { node: undefined, value: undefined, size: 0 });
  }

  #define(event: { anchorStart: number; anchorEnd: number }, anchor: Anchor): Anchor {
    this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), anchor);
    return anchor;
  }

  #close(anchor: Anchor | undefined, node: YamlMap | YamlSeq, value: unknown, size: number): void {
    if (anchor !== undefined) Object.assign(anchor, { node, value, size });
  }

  #grow(size: number, more: number, node: YamlNode): number {
    const sum = size + more;
    if (sum > this.#limits.nodes)
      this.#abandon(
        'limit',
        `The document has more than ${this.#limits.nodes} values once its aliases are written out`,
        node,
      );
    return sum;
  }

  /** Moves past the closing bracket of a flow collection, which has no event of its own. */
  #closeFlow(start: number): void {
    const text = this.#text;
    // The pair in `[a: b]` is a map without brackets.
    if (text[start] !== '{' && text[start] !== '[') return;
    this.position = Math.max(this.position, start + 1);
    let at = this.position;
    while (at < text.length) {
      const char = text.charCodeAt(at);
      if (char === 35) {
        while (at < text.length && text.charCodeAt(at) !== 10) at++;
        continue;
      }
      at++;
      if (char === 93 || char === 125) break;
    }
    this.position = at;
  }

  #abandon(kind: YamlProblem['kind'], message: string, place: { start: number; end: number }): never {
    this.#report({ kind, message, start: place.start, end: place.end });
    throw new Abandoned();
  }
}

const styles: Record<ScalarEvent['style'], YamlScalar['style']> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'folded',
};
