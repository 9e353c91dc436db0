import { parseYaml } from '../yaml/parse.ts';
import type { YamlDocument, YamlFile, YamlNode } from '../yaml/tree.ts';

/** A file that was read and parsed. */
export interface SourceFile {
  readonly path: string;
  /** Decoded text, without a byte order mark. */
  readonly text: string;
  readonly yaml: YamlFile;
}

/**
 * Parses a file. Its positioned trees are let go and built anew when a place is asked for: they would take most of the
 * memory of a run, and only files with findings need theirs.
 */
export function sourceFile(path: string, text: string): SourceFile {
  const { documents, problems } = parseYaml(text);
  let roots: readonly YamlNode[] | undefined;
  const rootOf = (index: number) => {
    roots ??= parseYaml(text).documents.map(({ root }) => root);
    const root = roots[index];
    if (root === undefined) throw new Error(`${path} parsed differently the second time`);
    return root;
  };
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
