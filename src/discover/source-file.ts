import type { YamlFile } from '../yaml/tree.ts';

/** A file that was read and parsed, once. */
export interface SourceFile {
  readonly path: string;
  /** Decoded text, without a byte order mark. */
  readonly text: string;
  readonly yaml: YamlFile;
}
