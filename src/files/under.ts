import type { FileTree } from './file-tree.ts';

/** The same tree seen from a directory above it: every path begins with `prefix/`. */
export function under(prefix: string, tree: FileTree): FileTree {
  const inner = (path: string) => path.slice(prefix.length + 1);
  return {
    name: tree.name,
    list: async () => (await tree.list()).map((entry) => ({ ...entry, path: `${prefix}/${entry.path}` })),
    read: (path) => tree.read(inner(path)),
    close: () => tree.close(),
  };
}

/** A tree that holds one file of another. */
export function only(path: string, tree: FileTree): FileTree {
  return { ...tree, list: async () => (await tree.list()).filter((entry) => entry.path === path) };
}
