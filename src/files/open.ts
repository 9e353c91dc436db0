import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { openDirectory } from './disk.ts';
import type { FileTree } from './file-tree.ts';
import { only, under } from './under.ts';

/**
 * The directory or the one file that is to be checked. Paths in the tree count from `cwd` when it is below there, so
 * that they are what a person would type; else from the directory itself.
 * @throws {UserError} when there is no such file or directory.
 */
export async function openPath(cwd: string, path: string): Promise<FileTree> {
  const place = resolve(cwd, path);
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined || !(stats.isDirectory() || stats.isFile())) {
    const problem =
      stats === undefined ? 'There is no such file or directory.' : 'This is neither a file nor a directory.';
    throw new UserError(problem, { where: path, todo: 'Name what is to be checked.' });
  }
  const directory = stats.isFile() ? dirname(place) : place;
  const fromCwd = relative(cwd, directory).split(sep).join('/');
  const tree = await openDirectory(directory);
  const placed = fromCwd === '' || fromCwd.startsWith('..') ? tree : under(fromCwd, tree);
  if (!stats.isFile()) return placed;
  return only(
    placed === tree ? basename(place) : join(fromCwd, basename(place)).split(sep).join('/'),
    placed,
  );
}
