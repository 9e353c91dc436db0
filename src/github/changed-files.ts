import { splitRecords } from '../files/entries.ts';
import { runGit } from '../files/git.ts';
import type { Client } from './client.ts';
import type { PullRequestEvent, RangeEvent, Run } from './event.ts';
import { lacksPermission, messageOf } from './refusal.ts';

/** What a change touches. Paths are relative to the root of the repository. */
export interface Change {
  /** Every file that was added, changed, removed or renamed (both names), sorted. */
  readonly files: readonly string[];
  /** By file, its new and changed lines (1-based, first and last); all lines when it is not known which. */
  readonly lines: ReadonlyMap<string, readonly LineRange[]>;
}

/** First and last line, 1-based. */
export type LineRange = readonly [first: number, last: number];

/** Where the files of a change can be learnt from. */
export interface Sources {
  /** Undefined without a token. */
  readonly client: Client | undefined;
  /** A directory of the checkout. */
  readonly directory: string;
}

/** The change, or a sentence that says why it is not known. */
export type ChangeOrReason = { readonly change: Change } | { readonly reason: string };

/** "Responses include a maximum of 3000 files" (REST, List pull requests files). */
const mostListedFiles = 3000;

/** "The list of changed files … includes up to 300 changed files for the entire comparison" (REST, Compare two commits). */
const mostComparedFiles = 300;

/** A file as both operations describe it. */
interface FileEntry {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly changes: number;
  readonly patch?: string;
}

/**
 * Finds out what a pull request, a merge group or a push changes. A pull request is asked of the API, which knows its
 * lines and does not need its history; all else, and what the API does not answer in full, of the commits that are
 * checked out; the last resort is the API's comparison of two commits.
 */
export async function changedFiles(
  { event, owner, repo }: Pick<Run, 'owner' | 'repo'> & { readonly event: PullRequestEvent | RangeEvent },
  { client, directory }: Sources,
): Promise<ChangeOrReason> {
  const { base, head } = event;
  if (base === undefined) return { reason: 'the branch is new, so there is no commit before it' };
  const repository = { owner, repo };
  const ways: (() => Promise<Change>)[] = [];
  if (client && event.kind === 'pull_request')
    ways.push(() => listFiles(client, { ...repository, pull_number: event.number }));
  ways.push(() => diff(directory, base, head));
  if (client && event.kind !== 'pull_request')
    ways.push(() => compare(client, { ...repository, basehead: `${base}...${head}` }));

  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return { change: await way() };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  return { reason: reasons.join('; ') };
}

async function listFiles(
  client: Client,
  pullRequest: { owner: string; repo: string; pull_number: number },
): Promise<Change> {
  const entries = await client
    .paginate(client.rest.pulls.listFiles, { ...pullRequest, per_page: 100 })
    .catch(refused('list the files of the pull request', 'pull-requests: read'));
  if (entries.length >= mostListedFiles)
    throw new Error(`GitHub lists no more than ${mostListedFiles} files of a pull request`);
  return changeOf(entries);
}

async function compare(
  client: Client,
  commits: { owner: string; repo: string; basehead: string },
): Promise<Change> {
  // The first page has all files; `per_page` counts commits.
  const { data } = await client.rest.repos
    .compareCommitsWithBasehead({ ...commits, per_page: 1 })
    .catch(refused('compare the commits', 'contents: read'));
  const entries = data.files ?? [];
  if (entries.length >= mostComparedFiles)
    throw new Error(`GitHub compares no more than ${mostComparedFiles} files`);
  return changeOf(entries);
}

async function diff(directory: string, base: string, head: string): Promise<Change> {
  // Without rename detection both names of a renamed file are in the list.
  const options = ['--name-only', '--no-renames', '--no-relative', '--no-ext-diff', '-z'];
  const { ok, stdout } = await runGit(directory, ['diff', ...options, `${base}...${head}`, '--']);
  if (!ok) throw new Error('the checkout does not have the commits (see `fetch-depth` of actions/checkout)');
  return changeOf(splitRecords(stdout).map(({ text }) => ({ filename: text, changes: 1 })));
}

function refused(what: string, permission: string): (error: unknown) => never {
  return (error) => {
    const remedy = lacksPermission(error) ? `, which takes the permission \`${permission}\`` : '';
    throw new Error(`GitHub does not ${what}${remedy} (${messageOf(error)})`);
  };
}

function changeOf(entries: readonly FileEntry[]): Change {
  const files = new Set<string>();
  const lines = new Map<string, readonly LineRange[]>();
  for (const { filename, previous_filename, changes, patch } of entries) {
    files.add(filename);
    if (previous_filename !== undefined) files.add(previous_filename);
    // No patch and no changes: a mere rename or a binary file. No patch but changes: too large to show, or from git.
    if (patch !== undefined) lines.set(filename, addedLines(patch));
    else lines.set(filename, changes === 0 ? [] : [[1, Number.MAX_SAFE_INTEGER]]);
  }
  return { files: [...files].sort(), lines };
}

/**
 * The lines that a patch adds or changes, as numbers in the new file, in order.
 * @param patch hunks in unified format, without the lines that name the files
 */
export function addedLines(patch: string): LineRange[] {
  const ranges: [number, number][] = [];
  let line = 0;
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) line = Number(hunk[1]);
    else if (text.startsWith('+')) {
      const last = ranges.at(-1);
      if (last?.[1] === line - 1) last[1] = line;
      else ranges.push([line, line]);
      line++;
    } else if (text.startsWith(' ')) line++;
  }
  return ranges;
}
