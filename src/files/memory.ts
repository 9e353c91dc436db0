import { treeOf } from './entries.ts';
import type { FileTree } from './file-tree.ts';

/** A tree of the given files: path to content, text as UTF-8. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>, name = 'memory'): FileTree {
  const sources = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(files))
    sources.set(path, typeof content === 'string' ? Buffer.from(content) : content);
  const entries = Array.from(sources, ([path, { length }]) => ({
    path,
    kind: 'file' as const,
    size: length,
  }));
  return treeOf(name, entries, sources, (_path, bytes) => bytes);
}
