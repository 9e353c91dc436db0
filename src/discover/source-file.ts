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

/** So many places of one file are sought one by one; for more its tree is built. */
const mostSought = 20;

/**
 * Parses files for their values. Positioned trees would take most of the memory of a run, and only files with findings
 * need theirs: they are built when a place is asked for, and the one that was asked for last is kept.
 */
export class SourceReader {
  #path: string | undefined;
  #roots: readonly YamlNode[] | undefined;
  #sought = 0;

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

  /** How many places of this file were sought since another file was asked for. */
  #seek(path: string): number {
    this.#turnTo(path);
    return ++this.#sought;
  }

  #root(path: string, text: string, index: number): YamlNode {
    this.#turnTo(path);
    this.#roots ??= parseYaml(text).documents.map(({ root }) => root);
    const root = this.#roots[index];
    if (root === undefined) throw new Error(`${path} parsed differently the second time`);
    return root;
  }

  #turnTo(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#roots = undefined;
    this.#sought = 0;
  }
}
