import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { UserError } from '../errors.ts';
import {
  decodeName,
  linkProblems,
  notUtf8,
  parentOf,
  pathProblem,
  splitRecords,
  treeOf,
  unreadable,
} from './entries.ts';
import { type FileEntry, type FileTree, UnreadableFile } from './file-tree.ts';
import { runGit } from './git.ts';

interface Listing {
  /** Paths, relative to the root, of what may be a file. */
  readonly paths: Iterable<string>;
  /** What is known to be unreadable without a look at it. */
  readonly entries: FileEntry[];
}

interface RegularFile {
  /** Absolute path without symbolic links. */
  readonly place: string;
  /** In bytes. */
  readonly size: number;
}

const fileReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ELOOP: 'symbolic link',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EPERM: 'permission denied',
  ERR_OUT_OF_RANGE: 'file over 4 GiB',
};

const linkReasons = {
  ...fileReasons,
  ELOOP: linkProblems.loop,
  ENOENT: linkProblems.dangling,
  ENOTDIR: linkProblems.dangling,
};

/**
 * The files below a directory. In a git work tree: the tracked files and the untracked ones that git does not
 * ignore. Where there is no git or it lists nothing (who names an ignored directory wants it checked): all files,
 * `.git` left out. The list is made once, here.
 * @throws {UserError} when there is no such directory.
 */
export async function openDirectory(path: string): Promise<FileTree> {
  const root = realDirectory(path);
  return openListed(path, root, (await listWithGit(root)) ?? walk(root));
}

/**
 * Of the files below a directory only those of `paths` that are there, without a look at the rest.
 * @throws {UserError} when there is no such directory.
 */
export function openFiles(path: string, paths: readonly string[]): FileTree {
  const root = realDirectory(path);
  const isDirectory = directoryTest(root);
  const safe = paths.filter((file) => pathProblem(file, true) === undefined && isDirectory(parentOf(file)));
  return openListed(path, root, { paths: safe, entries: [] });
}

function openListed(path: string, root: string, { paths, entries }: Listing): FileTree {
  const files = new Map<string, RegularFile>();
  const links: string[] = [];
  for (const path of paths) {
    const place = `${root}/${path}`;
    const stats = attempt(() => lstatSync(place, { throwIfNoEntry: false }));
    if (typeof stats === 'string') entries.push(unreadable(path, stats));
    else if (stats?.isFile()) {
      entries.push({ path, kind: 'file', size: stats.size });
      files.set(path, { place, size: stats.size });
    } else if (stats?.isSymbolicLink()) links.push(path);
    // Git still lists what has been deleted, or replaced by a directory.
    else if (stats && !stats.isDirectory()) entries.push(unreadable(path, specialFile(stats)));
  }

  for (const path of links) {
    const file = attempt(() => followLink(root, path, files), linkReasons);
    if (typeof file === 'string') entries.push(unreadable(path, file));
    else {
      entries.push({ path, kind: 'link', size: file.size });
      files.set(path, file);
    }
  }
  return treeOf(path, entries, files, readRegularFile);
}

function realDirectory(path: string): string {
  const root = attempt(() => {
    const real = realpathSync.native(path);
    return lstatSync(real).isDirectory() ? { real } : 'not a directory';
  });
  if (typeof root !== 'string') return root.real;
  throw new UserError(`Cannot read directory ${path}: ${root}`, { todo: 'Name an existing directory.' });
}

/** What git lists below `root`, or undefined when it cannot list or lists nothing. */
async function listWithGit(root: string): Promise<Listing | undefined> {
  const { ok, stdout, stderr } = await runGit(root, [
    // A directory that only looks like a bare repository can come with a pull request.
    ...['-c', 'safe.bareRepository=explicit'],
    ...['ls-files', '-z', '-t', '--stage', '--cached', '--others', '--exclude-standard'],
  ]);
  if (!ok || stdout.length === 0) return undefined;

  const entries = await unlistedDirectories(root, stderr);
  const paths = new Set<string>();
  const isDirectory = directoryTest(root);
  // `? <path>` when untracked, `<tag> <mode> <id> <stage>`, tab, `<path>` when tracked.
  for (const { text, utf8 } of splitRecords(stdout)) {
    const untracked = text.startsWith('? ');
    // The slash marks a repository inside this one, which git does not enter.
    const nested = untracked && text.endsWith('/');
    const path = untracked ? text.slice(2, nested ? -1 : undefined) : text.slice(text.indexOf('\t') + 1);
    const problem = pathProblem(path, utf8);
    if (problem !== undefined) entries.push(unreadable(path, problem));
    else if (nested) entries.push(unreadable(path, 'nested git repository'));
    else if (!untracked && text.startsWith('160000 ', 2)) entries.push(unreadable(path, 'git submodule'));
    else if (isDirectory(parentOf(path))) paths.add(path);
  }
  return { paths, entries };
}

/** Git warns of a directory that it cannot open, and goes on without it. */
async function unlistedDirectories(root: string, stderr: string): Promise<FileEntry[]> {
  const warnings = [...stderr.matchAll(/^warning: could not open directory '([\s\S]+?)\/': (.+)$/gm)];
  if (warnings.length === 0) return [];
  // The warnings count from the root of the work tree.
  const { stdout } = await runGit(root, ['rev-parse', '--show-prefix']);
  const prefix = stdout.toString().trimEnd();
  return warnings.map(([, path = '', reason = '']) =>
    unreadable(path.slice(prefix.length), `directory that cannot be opened (${reason.toLowerCase()})`),
  );
}

/**
 * Tells whether a path is a directory that is reached without a symbolic link: a tracked directory may have become
 * a link out of the tree.
 */
function directoryTest(root: string): (path: string) => boolean {
  const known = new Map([['', true]]);
  return function isDirectory(path): boolean {
    const before = known.get(path);
    if (before !== undefined) return before;
    const stats = attempt(() => lstatSync(`${root}/${path}`, { throwIfNoEntry: false }));
    // What cannot be looked at fails again, with its reason, for each file in it.
    const found = isDirectory(parentOf(path)) && (typeof stats === 'string' || stats?.isDirectory() === true);
    known.set(path, found);
    return found;
  };
}

function walk(root: string): Listing {
  const entries: FileEntry[] = [];
  const paths: string[] = [];
  const visit = (directory: string) => {
    const children = attempt(() =>
      readdirSync(`${root}/${directory}`, { withFileTypes: true, encoding: 'buffer' }),
    );
    if (typeof children === 'string') {
      entries.push(unreadable(directory || '.', `directory that cannot be opened (${children})`));
      return;
    }
    for (const child of children) {
      const { text, utf8 } = decodeName(child.name);
      const path = directory === '' ? text : `${directory}/${text}`;
      if (!utf8) entries.push(unreadable(path, notUtf8));
      else if (text === '.git') continue;
      else if (child.isDirectory()) visit(path);
      else paths.push(path);
    }
  };
  visit('');
  return { paths, entries };
}

/** The listed file that a symbolic link ends at, or why there is none. */
function followLink(
  root: string,
  path: string,
  files: ReadonlyMap<string, RegularFile>,
): RegularFile | string {
  const real = realpathSync.native(`${root}/${path}`);
  const inside = relative(root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return linkProblems.outside;
  const file = files.get(inside.replaceAll(sep, '/'));
  return file ?? (lstatSync(real).isDirectory() ? linkProblems.directory : linkProblems.special);
}

/** Opens without following a link and without waiting for a pipe, should the file have been replaced meanwhile. */
/** What `readFileSync` does with less asking: its size is known. */
function readAll(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const read = readSync(file, bytes, filled, size - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function readRegularFile(path: string, { place }: RegularFile): Buffer {
  const bytes = attempt(() => {
    const file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      return stats.isFile() ? readAll(file, stats.size) : specialFile(stats);
    } finally {
      closeSync(file);
    }
  });
  if (typeof bytes === 'string') throw new UnreadableFile(path, bytes);
  return bytes;
}

function specialFile(stats: Stats): string {
  if (stats.isFIFO()) return 'named pipe';
  if (stats.isSocket()) return 'socket';
  return stats.isDirectory() ? 'directory' : 'device';
}

/** The result of a file system call, or its error as a sentence part. */
function attempt<Result>(call: () => Result, reasons = fileReasons): Result | string {
  try {
    return call();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    return reasons[code] ?? `cannot be read ${code}`.trim();
  }
}
