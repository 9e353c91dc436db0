import { parseValues, parseYaml } from '../yaml/parse.ts';
import type { YamlDocument, YamlFile, YamlNode } from '../yaml/tree.ts';

/** A file that was read and parsed. */
export interface SourceFile {
  readonly path: string;
  /** Decoded text, without a byte order mark. */
  readonly text: string;
  readonly yaml: YamlFile;
}

/**
 * Parses files for their values. Positioned trees would take most of the memory of a run, and only files with findings
 * need theirs: they are built when a place is asked for, and the one that was asked for last is kept.
 */
export class SourceReader {
  #path: string | undefined;
  #roots: readonly YamlNode[] = [];

  read(path: string, text: string): SourceFile {
    const { documents, problems } = parseValues(text);
    const rootOf = (index: number) => this.#root(path, text, index);
    const light = documents.map(
      ({ value, start, end }, index): YamlDocument => ({
        value,
        start,
        end,
        get root() {
          return rootOf(index);
        },
      }),
    );
    return { path, text, yaml: { documents: light, problems } };
  }

  #root(path: string, text: string, index: number): YamlNode {
    if (path !== this.#path) {
      this.#roots = parseYaml(text).documents.map(({ root }) => root);
      this.#path = path;
    }
    const root = this.#roots[index];
    if (root === undefined) throw new Error(`${path} parsed differently the second time`);
    return root;
  }
}
