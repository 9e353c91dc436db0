import type { Field } from '../kubernetes/field.ts';
import { defaultLimits, parseFully, parseYaml } from '../yaml/parse.ts';
import { readSimplePath, readSimpleValues } from '../yaml/simple.ts';
import type { YamlDocument, YamlNode, YamlProblem } from '../yaml/tree.ts';

/** A file that was read and parsed. */
export interface SourceFile {
  readonly path: string;
  /** Decoded text, without a byte order mark. */
  readonly text: string;
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly YamlProblem[];
}

/** A document whose tree is built when it is asked for. */
export interface SourceDocument extends YamlDocument {
  /** A tree in which a path leads where it leads in the whole tree; what is beside the path may be missing. */
  along(path: readonly (string | number)[]): YamlNode;
}

/** Property names and 0-based indexes from the root to a place. */
export function pathOf(place: Field): (string | number)[] {
  const path: (string | number)[] = [];
  for (let field: Field | undefined = place; field?.key !== undefined; field = field.parent)
    path.unshift(field.key);
  return path;
}

/** So many places of one file are sought one by one; for more its tree is built. */
const mostSought = 20;

/** Findings that are related go back and forth between this many files. */
const keptTrees = 4;

/** The tree of a file, and how many of its places were sought without it. */
interface Sought {
  roots: readonly YamlNode[] | undefined;
  times: number;
}

/**
 * Parses files for their values. Positioned trees would take most of the memory of a run, and only files with findings
 * need theirs: they are built when a place is asked for, and those that were asked for last are kept.
 */
export class SourceReader {
  /** By path, the one that was asked for last at the end. */
  readonly #trees = new Map<string, Sought>();

  read(path: string, text: string): SourceFile {
    const simple = readSimpleValues(text, defaultLimits.depth);
    const { documents, problems } =
      simple === undefined ? parseFully(text) : { documents: simple, problems: [] };
    const reader = this;
    const light = documents.map(
      ({ value, start, end }, index): SourceDocument => ({
        value,
        start,
        end,
        get root() {
          return reader.#root(path, text, index);
        },
        along(way) {
          const few = simple !== undefined && reader.#seek(path) <= mostSought;
          return (few ? readSimplePath(text, start, way) : undefined) ?? this.root;
        },
      }),
    );
    return { path, text, documents: light, problems };
  }

  /** How many places of this file were sought since it was first asked for. */
  #seek(path: string): number {
    return ++this.#tree(path).times;
  }

  #root(path: string, text: string, index: number): YamlNode {
    const tree = this.#tree(path);
    tree.roots ??= parseYaml(text).documents.map(({ root }) => root);
    const root = tree.roots[index];
    if (root === undefined) throw new Error(`${path} parsed differently the second time`);
    return root;
  }

  #tree(path: string): Sought {
    const tree = this.#trees.get(path) ?? { roots: undefined, times: 0 };
    this.#trees.delete(path);
    this.#trees.set(path, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > keptTrees && oldest !== undefined) this.#trees.delete(oldest);
    return tree;
  }
}
