import { isUtf8 } from 'node:buffer';
import { type FileEntry, type FileTree, UnreadableFile } from './file-tree.ts';

/** An entry that is never opened; `reason` is a sentence part that fits after the file's name. */
export function unreadable(path: string, reason: string): FileEntry {
  return { path, kind: 'unreadable', size: 0, reason };
}

/**
 * A tree over a finished list of entries, which it sorts. `sources` has one item for each readable path, and
 * `open` gives the bytes behind it.
 */
export function treeOf<Source>(
  name: string,
  entries: FileEntry[],
  sources: ReadonlyMap<string, Source>,
  open: (path: string, source: Source) => Uint8Array | Promise<Uint8Array>,
  close: () => Promise<void> = async () => {},
): FileTree {
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    name,
    list: async () => entries,
    read: async (path) => {
      const source = sources.get(path);
      if (source !== undefined) return open(path, source);
      const entry = entries.find((candidate) => candidate.path === path);
      throw new UnreadableFile(path, entry?.reason ?? 'no such file');
    },
    close,
  };
}

/** Why a symbolic link is not read; the same words for every kind of tree. */
export const linkProblems = {
  outside: 'symbolic link that leaves the directory being checked',
  loop: 'symbolic link that leads to itself',
  dangling: 'symbolic link to nothing',
  directory: 'symbolic link to a directory',
  special: 'symbolic link to an ignored or special file',
} as const;

/** Why a file is not read whose name has no place in a report, nor in a string that opens it. */
export const notUtf8 = 'name that is not valid UTF-8';

/** The directory of a path; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A file name, or a record with a file name in it. */
export interface NameRecord {
  /** The name as text. When it is not UTF-8, each byte above 0x7F is written as `\xNN`. */
  readonly text: string;
  /** False when the bytes are not UTF-8, so that `text` cannot be used to open the file. */
  readonly utf8: boolean;
}

/** Text of a file name as the file system or git has it. */
export function decodeName(bytes: Buffer): NameRecord {
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), utf8: true };
  const escaped = Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`,
  );
  return { text: escaped.join(''), utf8: false };
}

/** The records of what git prints with `-z`. */
export function splitRecords(output: Buffer): NameRecord[] {
  const records: NameRecord[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    records.push(decodeName(output.subarray(start, end)));
    start = end + 1;
  }
  return records;
}

/**
 * Why a path that git lists must not be opened, or undefined. Git refuses `..` and `.git` when it adds a file, but
 * it believes an index or a tree that was written by hand.
 */
export function pathProblem(path: string, utf8: boolean): string | undefined {
  if (!utf8) return notUtf8;
  return /(?:^|\/)(?:\.{0,2}|\.git)(?:\/|$)/i.test(path) ? 'path that git does not allow' : undefined;
}
