import { UserError } from '../errors.ts';
import { splitRecords } from './entries.ts';
import { runGit } from './git.ts';

/**
 * The commit at which the current branch left `revision`; undefined when git cannot tell, as in a shallow clone.
 * @param directory any directory of the checkout.
 */
export async function mergeBase(directory: string, revision: string): Promise<string | undefined> {
  const { ok, stdout } = await runGit(directory, ['merge-base', '--end-of-options', revision, 'HEAD']);
  return ok ? stdout.toString().trim() : undefined;
}

/**
 * Files below `directory`, relative to it, that differ from where the current branch left `revision`: committed, not
 * yet committed, and untracked ones that git does not ignore.
 * @throws {UserError} when there is no git checkout or no such revision.
 */
export async function changedSince(directory: string, revision: string): Promise<ReadonlySet<string>> {
  const known = await runGit(directory, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  if (!known.ok)
    throw new UserError(`git knows no revision "${revision}" here.`, {
      where: '--base',
      todo: 'Name a commit or branch of this checkout; a shallow clone may not have it (git fetch --unshallow).',
    });
  const commit = known.stdout.toString().trim();
  const names = ['--name-only', '--no-renames', '--no-ext-diff', '--relative', '-z'];
  const changed = await runGit(directory, ['diff', ...names, '--merge-base', commit, '--']);
  if (!changed.ok)
    throw new UserError(`git cannot compare with "${revision}".`, {
      where: '--base',
      todo: changed.stderr.trim(),
    });
  const untracked = await runGit(directory, ['ls-files', '-z', '--others', '--exclude-standard']);
  return new Set(
    [changed.stdout, untracked.stdout].flatMap((list) => splitRecords(list).map(({ text }) => text)),
  );
}
