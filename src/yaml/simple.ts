import { CHOMPING_MODE, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { keyName, setOwn } from './key.ts';
import { resolvePlain } from './scalar.ts';
import type { YamlDocument, YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSeq } from './tree.ts';

/**
 * Reads the YAML that nearly all manifests are written in: block maps and lists of scalars, block scalars, flow
 * collections on one line. It is several times as fast as a full parser, which takes most of the time of a run.
 *
 * Undefined as soon as the text holds anything else (anchors, tags, quoted text over several lines, tabs, CR,
 * directives, a mistake): the full parser decides then. What it returns is what the full parser would have built.
 */
export function readSimple(text: string, maxDepth: number): YamlDocument[] | undefined {
  return read(text, maxDepth, true);
}

/** As {@link readSimple}, without the trees, which take most of the time: the roots are not to be looked at. */
export function readSimpleValues(text: string, maxDepth: number): YamlDocument[] | undefined {
  return read(text, maxDepth, false);
}

/**
 * The part of a document's tree that lies along a path: the way to a place costs a fraction of the whole tree. What is
 * beside the path is left out, but for the first entry of each map.
 * @param text one that {@link readSimple} reads
 * @param start where the document starts
 * @returns undefined when the path names an item that a list does not have
 */
export function readSimplePath(
  text: string,
  start: number,
  path: readonly (string | number)[],
): YamlNode | undefined {
  return unlessNotSimple(() => new SimpleReader(text, Number.POSITIVE_INFINITY, true, path).along(start));
}

function read(text: string, maxDepth: number, trees: boolean): YamlDocument[] | undefined {
  if (unusual.test(text)) return undefined;
  return unlessNotSimple(() => new SimpleReader(text, maxDepth, trees, []).documents());
}

function unlessNotSimple<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** Controls, tabs, CR, surrogates and a byte order mark need the full parser's care. */
const unusual = /[^\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/** The text is not simple; thrown once for a text, so its cost does not matter. */
class NotSimple extends Error {}

const [newline, space, quote, hash, apostrophe, comma, dash, colon] = [10, 32, 34, 35, 39, 44, 45, 58];
const [openBracket, closeBracket, bar, openBrace, closeBrace, greater] = [91, 93, 124, 123, 125, 62];

/** A plain key. Letters, digits and what label keys hold; others are left to the full parser. */
const plainKey = /[A-Za-z0-9_.$/][A-Za-z0-9_.$/-]*/y;
/** A plain value to the end of the line, trailing comment and spaces excluded. */
const plainValue = /[^\s#[\]{},&*!|>'"%@`?:-][^\n]*|-[^\s][^\n]*|:[^\s][^\n]*/y;
/** Quoted text on one line, with the escapes of YAML. */
const doubleQuoted = /"[^"\\\n]*(?:\\(?:["\\/abefnrtv0 N_LP]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})[^"\\\n]*)*"/y;
const singleQuoted = /'[^'\n]*(?:''[^'\n]*)*'/y;
/** UTF-16 units of a line; the backtracking of the two patterns above takes memory for each escape. */
const longestQuoted = 100_000;
/** A plain value inside a flow collection. */
const flowValue = /[A-Za-z0-9_./$][A-Za-z0-9_./$*=+@%-]*|-[A-Za-z0-9_./$-]+/y;

/** What js-yaml's reading of a scalar's text wants to know besides the text. */
const noProperties = {
  type: EVENT_ID.SCALAR,
  anchorStart: -1,
  anchorEnd: -1,
  tagStart: -1,
  tagEnd: -1,
  chomping: CHOMPING_MODE.CLIP,
  indent: -1,
  fast: false,
};

/** Stands for all nodes when no tree is built. */
const noNode: YamlScalar = { type: 'scalar', start: 0, end: 0, value: null, style: 'plain' };

/**
 * Reads values; what else there is to say of the value that was read last stands in fields, as an object for each
 * would cost more than the reading.
 */
class SimpleReader {
  readonly #text: string;
  readonly #maxDepth: number;
  /** Where the content of the next line with any begins, and its column. */
  #at = 0;
  #column = 0;
  #depth = 0;
  readonly #trees: boolean;
  /** The node of the value that was read last, and where it ends. */
  #node: YamlNode = noNode;
  #end = 0;
  /** The key that was read last. */
  #name = '';

  /** Only what lies along this path is read; the rest from its end on. */
  readonly #path: readonly (string | number)[];
  /** How many tokens of the path are behind. */
  #passed = 0;
  /** The end of the path was read: nothing that follows matters. */
  #arrived = false;

  constructor(text: string, maxDepth: number, trees: boolean, path: readonly (string | number)[]) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#trees = trees;
    this.#path = path;
  }

  along(start: number): YamlNode {
    this.#skipTo(this.#text.lastIndexOf('\n', start - 1) + 1);
    this.#block(-1);
    return this.#node;
  }

  documents(): YamlDocument[] {
    const documents: YamlDocument[] = [];
    this.#skipTo(0);
    while (this.#at < this.#text.length) {
      if (this.#isMarker()) {
        this.#endOfLine(this.#at + 3);
        if (this.#ended()) continue;
      } else if (documents.length > 0) throw new NotSimple();
      const start = this.#at;
      const value = this.#block(-1);
      if (this.#at < this.#text.length && !this.#isMarker()) throw new NotSimple();
      documents.push({ root: this.#node, value, start, end: this.#end });
    }
    return documents;
  }

  /** A collection that begins at the current line's content and is indented by more than `parent`. */
  #block(parent: number): unknown {
    if (this.#column <= parent || this.#depth >= this.#maxDepth) throw new NotSimple();
    this.#depth++;
    const value = this.#isDash(this.#at)
      ? this.#seq(this.#column)
      : this.#map(this.#column, this.#key(this.#at));
    this.#depth--;
    return value;
  }

  /** @param firstColon what {@link #key} said of the first key, which was read last */
  #map(column: number, firstColon: number | undefined): unknown {
    const entries: YamlEntry[] = [];
    const value: Record<string, unknown> = {};
    const start = this.#at;
    let end = start;
    let colonAt = firstColon;
    while (true) {
      const name = this.#name;
      const key = this.#node;
      if (colonAt === undefined || Object.hasOwn(value, name)) throw new NotSimple();
      const wanted = this.#path[this.#passed];
      if (wanted !== undefined && wanted !== name && entries.length > 0)
        this.#skipLines(colonAt, column, true);
      else {
        const passed = this.#passed;
        // Beside the path there is no path.
        this.#passed = wanted === name ? passed + 1 : this.#path.length;
        setOwn(value, name, this.#value(colonAt + 1, column, this.#end));
        this.#passed = passed;
        if (this.#trees) entries.push({ name, key, value: this.#node, merge: false });
        this.#arrived = wanted === name;
      }
      end = this.#end;
      if (this.#arrived || this.#column < column || this.#ended()) break;
      if (this.#column > column || this.#isDash(this.#at)) throw new NotSimple();
      colonAt = this.#key(this.#at);
    }
    return this.#collection(value, end, { type: 'map', start, end, flow: false, entries });
  }

  #seq(column: number): unknown {
    const items: YamlNode[] = [];
    const value: unknown[] = [];
    const start = this.#at;
    let end = start;
    while (true) {
      const wanted = this.#path[this.#passed];
      if (wanted !== undefined && wanted !== items.length) {
        items.push(noNode);
        this.#skipLines(this.#at, column, false);
      } else {
        const passed = this.#passed;
        this.#passed = wanted === undefined ? passed : passed + 1;
        value.push(this.#item(this.#skipSpaces(this.#at + 1), column));
        this.#passed = passed;
        if (this.#trees) items.push(this.#node);
        this.#arrived = wanted !== undefined;
      }
      end = this.#end;
      if (
        this.#arrived ||
        this.#column < column ||
        this.#ended() ||
        (this.#column === column && !this.#isDash(this.#at))
      )
        break;
      if (this.#column > column) throw new NotSimple();
    }
    // The end of a list whose items were all left out is not known.
    if (this.#path[this.#passed] !== undefined && !this.#arrived) throw new NotSimple();
    return this.#collection(value, end, { type: 'seq', start, end, flow: false, items });
  }

  /**
   * Moves past what belongs to the entry on the line of `from`: deeper lines, and the dashes of a list that stands in
   * the column of its key.
   */
  #skipLines(from: number, column: number, isEntry: boolean): void {
    let at = from;
    do {
      const lineEnd = this.#text.indexOf('\n', at);
      this.#skipTo(lineEnd < 0 ? this.#text.length : lineEnd + 1);
      at = this.#at;
    } while (
      !this.#ended() &&
      (this.#column > column || (isEntry && this.#column === column && this.#isDash(at)))
    );
  }

  /** What follows a dash: a map that begins on its line, or a value. */
  #item(content: number, column: number): unknown {
    if (this.#isDash(content)) throw new NotSimple();
    const colonAt = this.#key(content);
    if (colonAt === undefined) return this.#value(content, column, undefined);
    if (this.#depth >= this.#maxDepth) throw new NotSimple();
    this.#column += content - this.#at;
    this.#at = content;
    this.#depth++;
    const value = this.#map(this.#column, colonAt);
    this.#depth--;
    return value;
  }

  /**
   * The value that stands from `from` to the end of the line, or in the lines after it.
   * @param column of the collection that holds it
   * @param keyEnd the end of its key, which is where a value that is not there is placed; undefined in a list
   */
  #value(from: number, column: number, keyEnd: number | undefined): unknown {
    const text = this.#text;
    const at = this.#skipSpaces(from);
    const first = text.charCodeAt(at);
    if (at >= text.length || first === newline || (first === hash && at > from)) {
      this.#endOfLine(at);
      if (
        !this.#ended() &&
        (this.#column > column || (this.#column === column && keyEnd !== undefined && this.#isDash(this.#at)))
      )
        return this.#block(this.#column - 1);
      if (keyEnd === undefined) throw new NotSimple();
      return this.#scalar(null, keyEnd, keyEnd, 'plain');
    }
    if (first === bar || first === greater) return this.#blockScalar(at, column);
    const value = this.#oneLine(at, first, column);
    this.#endOfLine(this.#end);
    // A deeper line would belong to the scalar, or be a mistake.
    if (!this.#ended() && this.#column > column) throw new NotSimple();
    return value;
  }

  #oneLine(at: number, first: number, column: number): unknown {
    if (first === quote || first === apostrophe) return this.#quoted(at, first);
    if (first === openBrace || first === openBracket) return this.#flow(at);
    plainValue.lastIndex = at;
    const match = plainValue.exec(this.#text);
    if (match === null) throw new NotSimple();
    const [raw] = match;
    const comment = raw.indexOf(' #');
    const end = at + (comment < 0 ? raw : raw.slice(0, comment)).trimEnd().length;
    return this.#plain(at, end, comment < 0 ? this.#plainEnd(end, at + raw.length, column) : end);
  }

  /** Where a plain scalar ends whose first line ends at `end`: lines that are indented more belong to it. */
  #plainEnd(end: number, lineEnd: number, column: number): number {
    const text = this.#text;
    let last = end;
    let position = lineEnd + 1;
    while (position < text.length) {
      const at = this.#skipSpaces(position);
      let stop = text.indexOf('\n', at);
      if (stop < 0) stop = text.length;
      if (at < stop) {
        if (at - position <= column || text.charCodeAt(at) === hash) break;
        // A comment would end the scalar, and what follows it be a mistake.
        const line = text.slice(at, stop);
        if (line.includes(' #')) throw new NotSimple();
        last = at + line.trimEnd().length;
      }
      position = stop + 1;
    }
    return last;
  }

  #plain(start: number, firstEnd: number, end: number): unknown {
    const text = this.#text;
    const raw = text.slice(start, end);
    if (/:(?: |\n|$)/.test(raw)) throw new NotSimple();
    if (end === firstEnd) return this.#scalar(resolvePlain(raw), start, end, 'plain');
    const event = { ...noProperties, valueStart: start, valueEnd: end, style: SCALAR_STYLE.PLAIN };
    return this.#scalar(resolvePlain(getScalarValue(text, event)), start, end, 'plain');
  }

  /** A quoted scalar on one line. */
  #quoted(at: number, mark: number): string {
    const text = this.#text;
    const pattern = mark === quote ? doubleQuoted : singleQuoted;
    const lineEnd = text.indexOf('\n', at);
    if ((lineEnd < 0 ? text.length : lineEnd) - at > longestQuoted) throw new NotSimple();
    pattern.lastIndex = at;
    if (!pattern.test(text)) throw new NotSimple();
    const end = pattern.lastIndex;
    const raw = text.slice(at + 1, end - 1);
    const style = mark === quote ? SCALAR_STYLE.DOUBLE_QUOTED : SCALAR_STYLE.SINGLE_QUOTED;
    const simple = !raw.includes(mark === quote ? '\\' : "'");
    const value = simple
      ? raw
      : getScalarValue(text, { ...noProperties, valueStart: at + 1, valueEnd: end - 1, style });
    return this.#scalar(value, at, end, mark === quote ? 'double' : 'single');
  }

  /** A flow collection on one line. */
  #flow(at: number): unknown {
    if (this.#depth >= this.#maxDepth) throw new NotSimple();
    this.#depth++;
    const value = this.#text.charCodeAt(at) === openBrace ? this.#flowMap(at) : this.#flowSeq(at);
    this.#depth--;
    return value;
  }

  #flowSeq(start: number): unknown {
    const items: YamlNode[] = [];
    const value: unknown[] = [];
    let at = this.#skipSpaces(start + 1);
    while (this.#text.charCodeAt(at) !== closeBracket) {
      value.push(this.#flowItem(at));
      if (this.#trees) items.push(this.#node);
      at = this.#flowNext(this.#end, closeBracket);
    }
    return this.#collection(value, at + 1, { type: 'seq', start, end: at + 1, flow: true, items });
  }

  #flowMap(start: number): unknown {
    const text = this.#text;
    const entries: YamlEntry[] = [];
    const value: Record<string, unknown> = {};
    let at = this.#skipSpaces(start + 1);
    while (text.charCodeAt(at) !== closeBrace) {
      const name = keyName(this.#flowItem(at));
      const key = this.#node;
      const separator = this.#end;
      if (text.charCodeAt(separator) !== colon || text.charCodeAt(separator + 1) !== space)
        throw new NotSimple();
      // A collection as a key, a merge and a key that is there twice are not simple.
      const first = text.charCodeAt(at);
      if (first === openBrace || first === openBracket || name === '<<' || Object.hasOwn(value, name))
        throw new NotSimple();
      setOwn(value, name, this.#flowItem(this.#skipSpaces(separator + 1)));
      if (this.#trees) entries.push({ name, key, value: this.#node, merge: false });
      at = this.#flowNext(this.#end, closeBrace);
    }
    return this.#collection(value, at + 1, { type: 'map', start, end: at + 1, flow: true, entries });
  }

  #flowItem(at: number): unknown {
    const first = this.#text.charCodeAt(at);
    if (first === quote || first === apostrophe) return this.#quoted(at, first);
    if (first === openBrace || first === openBracket) return this.#flow(at);
    flowValue.lastIndex = at;
    const match = flowValue.exec(this.#text);
    if (match === null) throw new NotSimple();
    return this.#scalar(resolvePlain(match[0]), at, at + match[0].length, 'plain');
  }

  /** Past the comma after an item, or at the closing bracket. */
  #flowNext(end: number, close: number): number {
    const at = this.#skipSpaces(end);
    const char = this.#text.charCodeAt(at);
    if (char === close) return at;
    if (char !== comma) throw new NotSimple();
    return this.#skipSpaces(at + 1);
  }

  /** A literal or folded block with at most a chomping sign in its head. */
  #blockScalar(at: number, column: number): unknown {
    const text = this.#text;
    const folded = text.charCodeAt(at) === greater;
    const sign = text[at + 1];
    const head = sign === '-' || sign === '+' ? at + 2 : at + 1;
    if (text.charCodeAt(head) !== newline) throw new NotSimple();
    const start = head + 1;
    let indent = -1;
    let position = start;
    while (position < text.length) {
      const content = this.#skipSpaces(position);
      const width = content - position;
      if (text.charCodeAt(content) !== newline) {
        // Spaces at the very end of the file, or blank lines before the content, have corner cases of their own.
        if (content >= text.length || (indent < 0 && position > start)) throw new NotSimple();
        if (indent < 0 && width > column) indent = width;
        if (width < indent || indent < 0) break;
      }
      const lineEnd = text.indexOf('\n', content);
      position = lineEnd < 0 ? text.length : lineEnd + 1;
    }
    if (indent < 0) throw new NotSimple();
    const value = getScalarValue(text, {
      ...noProperties,
      valueStart: start,
      valueEnd: position,
      style: folded ? SCALAR_STYLE.FOLDED_BLOCK : SCALAR_STYLE.LITERAL_BLOCK,
      chomping: sign === '-' ? CHOMPING_MODE.STRIP : sign === '+' ? CHOMPING_MODE.KEEP : CHOMPING_MODE.CLIP,
      indent,
    });
    this.#skipTo(position);
    if (!this.#ended() && this.#column > column) throw new NotSimple();
    return this.#scalar(value, start, position, folded ? 'folded' : 'literal');
  }

  /** Reads the key that begins at `at`, plain or quoted; gives the place of its colon, undefined when there is none. */
  #key(at: number): number | undefined {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (first === quote || first === apostrophe) this.#name = this.#quoted(at, first);
    else {
      plainKey.lastIndex = at;
      if (!plainKey.test(text)) return undefined;
      const end = plainKey.lastIndex;
      this.#name = keyName(this.#scalar(resolvePlain(text.slice(at, end)), at, end, 'plain'));
    }
    const colonAt = this.#skipSpaces(this.#end);
    if (text.charCodeAt(colonAt) !== colon) return undefined;
    const next = text.charCodeAt(colonAt + 1);
    return next === space || next === newline || colonAt + 1 >= text.length ? colonAt : undefined;
  }

  #scalar<T extends YamlScalar['value']>(
    value: T,
    start: number,
    end: number,
    style: YamlScalar['style'],
  ): T {
    this.#end = end;
    if (this.#trees) this.#node = { type: 'scalar', start, end, value, style };
    return value;
  }

  #collection<T>(value: T, end: number, node: YamlMap | YamlSeq): T {
    this.#end = end;
    this.#node = node;
    return value;
  }

  /** A dash that begins a list item. */
  #isDash(at: number): boolean {
    if (this.#text.charCodeAt(at) !== dash) return false;
    const next = this.#text.charCodeAt(at + 1);
    return next === space || next === newline || at + 1 === this.#text.length;
  }

  #isMarker(): boolean {
    if (this.#column !== 0 || !this.#text.startsWith('---', this.#at)) return false;
    const next = this.#text.charCodeAt(this.#at + 3);
    return next === newline || next === space || this.#at + 3 === this.#text.length;
  }

  /** Whether the document has no more lines. */
  #ended(): boolean {
    return this.#at >= this.#text.length || this.#isMarker();
  }

  #skipSpaces(at: number): number {
    while (this.#text.charCodeAt(at) === space) at++;
    return at;
  }

  /** Checks that nothing but a comment follows on the line, and moves to the next line with content. */
  #endOfLine(end: number): void {
    const text = this.#text;
    const at = this.#skipSpaces(end);
    if (at < text.length && text.charCodeAt(at) !== newline) {
      if (text.charCodeAt(at) !== hash || at === end) throw new NotSimple();
      const lineEnd = text.indexOf('\n', at);
      this.#skipTo(lineEnd < 0 ? text.length : lineEnd + 1);
    } else this.#skipTo(at + 1);
  }

  /** Moves to the first line with content from the start of a line on. */
  #skipTo(line: number): void {
    const text = this.#text;
    let start = line;
    while (start < text.length) {
      const at = this.#skipSpaces(start);
      const char = text.charCodeAt(at);
      if (char === hash) {
        const end = text.indexOf('\n', at);
        start = end < 0 ? text.length : end + 1;
      } else if (char === newline) start = at + 1;
      else if (at >= text.length) break;
      else {
        this.#at = at;
        this.#column = at - start;
        return;
      }
    }
    this.#at = text.length;
    this.#column = -1;
  }
}
