import { basename, dirname, relative, resolve } from 'node:path';
import { openFiles } from '../files/disk.ts';
import { configPaths, loadConfig } from './load.ts';
import type { LoadedConfig } from './settings.ts';

/**
 * The config that holds for a run: the file that the user names, from `cwd`, else the one in `root`, where paths in the
 * report count from.
 * @throws {UserError} as {@link loadConfig}
 */
export async function givenConfig(
  cwd: string,
  root: string,
  { file: given, ruleIds }: { readonly file: string | undefined; readonly ruleIds: readonly string[] },
): Promise<LoadedConfig> {
  if (given === undefined) return loadConfig(openFiles(root, configPaths), { ruleIds });
  const place = resolve(cwd, given);
  const isBelow = !relative(root, place).startsWith('..');
  const [directory, file] = isBelow ? [root, relative(root, place)] : [dirname(place), basename(place)];
  return loadConfig(openFiles(directory, [file]), { path: file, ruleIds });
}
