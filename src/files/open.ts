import { statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { openDirectory } from './disk.ts';
import type { FileTree } from './file-tree.ts';
import { only, under } from './under.ts';

/** What is to be checked. */
export interface Opened {
  readonly tree: FileTree;
  /** Absolute path of the directory that the tree's paths count from. */
  readonly root: string;
  /** The directory or file of the tree that is to be checked, `.` for all of it. */
  readonly path: string;
}

/**
 * Opens the directory or the one file that is to be checked. Paths in the tree count from `cwd` when it is below there,
 * so that they are what a person would type; else from the directory itself. The tree holds all files below `cwd` when
 * one that is to be checked may refer to them.
 * @param refers whether a file with this path may refer to any other.
 * @throws {UserError} when there is no such file or directory.
 */
export async function openPath(
  cwd: string,
  path: string,
  refers: (path: string) => boolean,
): Promise<Opened> {
  const place = resolve(cwd, path);
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined || !(stats.isDirectory() || stats.isFile())) {
    const problem =
      stats === undefined ? 'There is no such file or directory.' : 'This is neither a file nor a directory.';
    throw new UserError(problem, { where: path, todo: 'Name what is to be checked.' });
  }
  const directory = stats.isFile() ? dirname(place) : place;
  const root = relative(cwd, directory).startsWith('..') ? directory : cwd;
  const inner = await openDirectory(directory);
  const below = posixPath(root, directory);
  const tree = root === directory ? inner : under(below, inner);
  const wanted = stats.isFile() ? only(posixPath(root, place), tree) : tree;
  if (root === directory || !(await wanted.list()).some((entry) => refers(entry.path)))
    return { tree: wanted, root, path: '.' };
  const whole = await openDirectory(root);
  // Git does not list an ignored directory, but who names it wants it checked.
  if (!(await whole.list()).some((entry) => entry.path.startsWith(`${below}/`)))
    return { tree: wanted, root, path: '.' };
  return { tree: whole, root, path: posixPath(root, place) };
}

function posixPath(from: string, to: string): string {
  return relative(from, to).split(sep).join('/');
}
