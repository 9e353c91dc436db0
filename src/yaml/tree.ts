/**
 * The positioned tree of a YAML or JSON document. Offsets count UTF-16 units from the start of the file's text,
 * `end` is exclusive.
 */
export type YamlNode = YamlScalar | YamlMap | YamlSeq | YamlAlias;

export interface YamlScalar {
  readonly type: 'scalar';
  readonly start: number;
  readonly end: number;
  /** As the API server reads it: string, number, bigint for integers beyond 2^53, boolean or null. */
  readonly value: string | number | bigint | boolean | null;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface YamlMap {
  readonly type: 'map';
  readonly start: number;
  readonly end: number;
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  /** The key as JSON has it: always a string. */
  readonly name: string;
  readonly key: YamlNode;
  readonly value: YamlNode;
  /** True for a `<<` entry, whose value's entries count as this map's own where they are not set here. */
  readonly merge: boolean;
}

export interface YamlSeq {
  readonly type: 'seq';
  readonly start: number;
  readonly end: number;
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

/** `*name`; `target` is the anchored node. */
export interface YamlAlias {
  readonly type: 'alias';
  readonly start: number;
  readonly end: number;
  readonly target: Exclude<YamlNode, YamlAlias>;
}

/** One document of a file. Documents without content are left out. */
export interface YamlDocument {
  readonly root: YamlNode;
  /** The document as plain JSON-like data; `__proto__` is an own property like any other. */
  readonly value: unknown;
  /** Where the document's content begins and ends in the file's text. */
  readonly start: number;
  readonly end: number;
}

export interface YamlProblem {
  readonly kind: 'syntax' | 'duplicate-key' | 'limit';
  /** A sentence that a person understands. */
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** For a document that does not parse: where it begins and ends. */
  readonly document?: readonly [start: number, end: number];
}

/** A whole file. A document that could not be parsed is missing from `documents` and has a problem. */
export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}
