import { UserError } from '../errors.ts';
import { BlobReader } from './blob-reader.ts';
import { linkProblems, parentOf, pathProblem, splitRecords, treeOf, unreadable } from './entries.ts';
import { type FileEntry, type FileTree, UnreadableFile } from './file-tree.ts';
import { runGit } from './git.ts';

/** Linux follows as many symbolic links in one path (path_resolution(7)). */
const maxLinks = 40;

/** Longest path that Linux opens, in bytes (PATH_MAX). */
const maxTargetSize = 4096;

/** Longest file that Node's readFileSync reads, in bytes, so that a commit has the limit that a directory has. */
const maxFileSize = 2 ** 31 - 1;

interface Blob {
  readonly id: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * The files of a commit, read through git, without a checkout and without the network.
 * When `repository` is a directory below the work tree's root, the tree has the files below that directory.
 * @param revision anything that git resolves to a commit or a tree.
 * @throws {UserError} when git does not find the repository or the revision.
 */
export async function openCommit(repository: string, revision: string): Promise<FileTree> {
  const { entries, files, links } = parseListing(await listBlobs(repository, revision));

  let reader: BlobReader | undefined;
  const read = async (path: string, { id, size }: Blob): Promise<Buffer> => {
    if (size > maxFileSize) throw new UnreadableFile(path, 'file over 2 GiB');
    reader ??= new BlobReader(repository);
    const bytes = await reader.read(id);
    if (bytes === undefined) throw new UnreadableFile(path, 'content that git cannot read');
    return bytes;
  };

  const targets = new Map<string, string>();
  const readTarget = async (path: string, blob: Blob) => {
    if (blob.size <= maxTargetSize) targets.set(path, (await read(path, blob)).toString('utf8'));
  };
  await Promise.allSettled(Array.from(links, ([path, blob]) => readTarget(path, blob)));

  const directories = directoriesOf([...files.keys(), ...links.keys()]);
  for (const path of links.keys()) {
    const file = followLink(path, targets, directories, files);
    if (typeof file === 'string') entries.push(unreadable(path, file));
    else {
      entries.push({ path, kind: 'link', size: file.size });
      files.set(path, file);
    }
  }
  return treeOf(revision, entries, files, read, async () => reader?.close());
}

/** What `git ls-tree -r -z -l` prints: `<mode> <type> <id> <size>`, tab, path, NUL for each entry. */
async function listBlobs(repository: string, revision: string): Promise<Buffer> {
  const command = ['ls-tree', '-r', '-z', '-l', '--end-of-options', revision];
  const { ok, stdout, stderr } = await runGit(repository, command);
  if (ok) return stdout;
  const reason = stderr
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^fatal: /, '');
  throw new UserError(`Cannot read revision ${revision}: ${reason}`, {
    where: repository,
    todo: 'Name a revision that this clone has. With actions/checkout, fetch-depth: 0 fetches all of them.',
  });
}

function parseListing(listing: Buffer) {
  const entries: FileEntry[] = [];
  const files = new Map<string, Blob>();
  const links = new Map<string, Blob>();
  for (const { text, utf8 } of splitRecords(listing)) {
    const tab = text.indexOf('\t');
    const path = text.slice(tab + 1);
    const [mode, , id = '', digits = ''] = text.slice(0, tab).split(/ +/);
    const size = Number(digits);
    const problem = pathProblem(path, utf8);
    if (problem !== undefined) entries.push(unreadable(path, problem));
    else if (mode === '160000') entries.push(unreadable(path, 'git submodule'));
    // Git prints `BAD` for a blob that a partial clone lacks.
    else if (Number.isNaN(size)) entries.push(unreadable(path, 'content that is not in this clone'));
    else if (mode === '120000') links.set(path, { id, size });
    else {
      entries.push({ path, kind: 'file', size });
      files.set(path, { id, size });
    }
  }
  return { entries, files, links };
}

/** The directories above the paths; `` is the root. */
function directoriesOf(paths: readonly string[]): ReadonlySet<string> {
  const directories = new Set(['']);
  for (const path of paths)
    for (let up = parentOf(path); !directories.has(up); up = parentOf(up)) directories.add(up);
  return directories;
}

/**
 * The file that a symbolic link ends at, as the file system would follow it, or why there is none.
 * @param targets what each link of the tree holds.
 */
function followLink(
  link: string,
  targets: ReadonlyMap<string, string>,
  directories: ReadonlySet<string>,
  files: ReadonlyMap<string, Blob>,
): Blob | string {
  let path = parentOf(link);
  let ahead = [link.slice(link.lastIndexOf('/') + 1)];
  let followed = 0;
  while (ahead.length > 0) {
    const [name = '', ...rest] = ahead;
    ahead = rest;
    if (!directories.has(path)) return linkProblems.dangling;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (path === '') return linkProblems.outside;
      path = parentOf(path);
      continue;
    }
    const next = path === '' ? name : `${path}/${name}`;
    const target = targets.get(next);
    if (target === undefined) path = next;
    else if (target.startsWith('/')) return linkProblems.outside;
    else if (++followed > maxLinks) return linkProblems.loop;
    else ahead = [...target.split('/'), ...rest];
  }
  return files.get(path) ?? (directories.has(path) ? linkProblems.directory : linkProblems.dangling);
}
