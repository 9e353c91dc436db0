/**
 * A read-only tree of files: a directory on disk, a git commit, or memory. The whole pipeline runs on any of them.
 *
 * Paths are relative to the tree's root, with `/` as separator and without a leading `./`.
 */
export interface FileTree {
  /** What the tree is, for messages: a directory's path, a revision. */
  readonly name: string;
  /** All entries that are not directories, sorted by path (UTF-16 code units). */
  list(): Promise<readonly FileEntry[]>;
  /**
   * The bytes of an entry of kind `file`, or of a symbolic link whose target is a file of this tree.
   * Never follows a link out of the tree and never opens anything but a regular file.
   * @throws {UnreadableFile} when there is no such file or it cannot be read.
   */
  read(path: string): Promise<Uint8Array>;
  /** Ends processes that the tree may hold (a git tree holds one). */
  close(): Promise<void>;
}

/** One entry of a {@link FileTree}. */
export interface FileEntry {
  readonly path: string;
  /**
   * `file`: regular file. `link`: symbolic link that resolves to a regular file inside the tree.
   * `unreadable`: everything that is never opened; `reason` says why.
   */
  readonly kind: 'file' | 'link' | 'unreadable';
  /** Size in bytes of the file (or of the link's target); 0 when unreadable. */
  readonly size: number;
  /** For `unreadable`: a sentence part such as `symbolic link that leaves the repository`, `named pipe`. */
  readonly reason?: string;
}

/** A file of the tree could not be read; `message` is a sentence part that fits after the file's name. */
export class UnreadableFile extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.name = 'UnreadableFile';
    this.path = path;
  }
}
