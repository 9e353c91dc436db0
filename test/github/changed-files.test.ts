import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { addedLines, changedFiles } from '../../src/github/changed-files.ts';
import { createClient } from '../../src/github/client.ts';
import type { PullRequestEvent, RangeEvent } from '../../src/github/event.ts';
import { type Loopback, type State, startLoopback } from './loopback.ts';

const whole = [1, Number.MAX_SAFE_INTEGER];

/** A repository with a commit, a branch from it that renames and changes files, and another commit after it. */
function repository() {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-change-'));
  const git = (...command: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@t', ...command])
      .toString()
      .trim();
  const commit = () => {
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    return git('rev-parse', 'HEAD');
  };
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  git('init', '-q');
  write('same.yaml', 'a: 1\n');
  write('old name.yaml', 'b: 1\nc: 1\n');
  const root = commit();
  git('checkout', '-q', '-b', 'topic');
  renameSync(join(directory, 'old name.yaml'), join(directory, 'new\n::error::name.yaml'));
  write('ä.yaml', 'd: 1\n');
  const head = commit();
  git('checkout', '-q', '-B', 'base', root);
  write('only-on-base.yaml', 'e: 1\n');
  return { directory, base: commit(), head };
}

const local = repository();
const inCommits = ['new\n::error::name.yaml', 'old name.yaml', 'ä.yaml'];
const unknown = { base: 'a'.repeat(40), head: 'b'.repeat(40) };

const pullRequest = (commits: { base: string; head: string }): PullRequestEvent => ({
  kind: 'pull_request',
  number: 12,
  fromFork: false,
  privileged: false,
  ...commits,
});
const push = (commits: { base: string | undefined; head: string }): RangeEvent => ({
  kind: 'push',
  ...commits,
});

let loopback: Loopback | undefined;
afterEach(async () => {
  await loopback?.close();
  expect(loopback?.violations ?? []).toEqual([]);
  loopback = undefined;
});

async function changed(event: PullRequestEvent | RangeEvent, state?: State) {
  loopback = state && (await startLoopback(state));
  const log = { debug: () => {}, notice: () => {} };
  const result = await changedFiles(
    { event, owner: 'octo', repo: 'shop' },
    {
      client: loopback && createClient('secret', loopback.apiUrl, log),
      directory: local.directory,
    },
  );
  return 'change' in result ? result.change.files : result.reason;
}

const listFiles = 'pulls/list-files';
const compare = 'repos/compare-commits-with-basehead';
const some = (length: number) => Array.from({ length }, (_, i) => ({ filename: `${i}.yaml` }));
const forbidden = { status: 403, message: 'Resource not accessible by integration' };

describe('the files of', () => {
  test.each<[string, PullRequestEvent | RangeEvent, State | undefined, unknown, string[]]>([
    [
      'a pull request come from the API, old names included',
      pullRequest(unknown),
      { files: [{ filename: 'b.yaml', previous_filename: 'a.yaml' }, { filename: 'B.yaml' }] },
      ['B.yaml', 'a.yaml', 'b.yaml'],
      [listFiles],
    ],
    [
      'a pull request come in pages',
      pullRequest(unknown),
      { files: some(201) },
      some(201)
        .map(({ filename }) => filename)
        .sort(),
      [listFiles, listFiles, listFiles],
    ],
    [
      'a pull request that the API refuses come from the commits',
      pullRequest(local),
      { failures: [{ operation: listFiles, ...forbidden }] },
      inCommits,
      [listFiles],
    ],
    ['a pull request without a token come from the commits', pullRequest(local), undefined, inCommits, []],
    ['a push come from the commits', push(local), {}, inCommits, []],
    [
      'a push of which the commits are not there come from the API',
      push(unknown),
      { files: some(2) },
      ['0.yaml', '1.yaml'],
      [compare],
    ],
    [
      'too large a push are not known',
      push(unknown),
      { files: some(300) },
      'the checkout does not have the commits (see `fetch-depth` of actions/checkout); GitHub compares no more than 300 files',
      [compare],
    ],
    [
      'a pull request that nobody knows names the permission',
      pullRequest(unknown),
      { failures: [{ operation: listFiles, ...forbidden }] },
      'GitHub does not list the files of the pull request, which takes the permission `pull-requests: read` (Resource not accessible by integration); the checkout does not have the commits (see `fetch-depth` of actions/checkout)',
      [listFiles],
    ],
    [
      'a push that makes a branch are not known',
      push({ base: undefined, head: local.head }),
      {},
      'the branch is new, so there is no commit before it',
      [],
    ],
  ])('%s', async (_, event, state, expected, operations) => {
    expect(await changed(event, state)).toEqual(expected);
    expect(loopback?.operations ?? []).toEqual(operations);
  });

  test('a pull request with more than 3,000 are those of the commits, if they are there', async () => {
    const state = { files: some(3001) };
    expect(await changed(pullRequest(local), state)).toEqual(inCommits);
    await loopback?.close();
    expect(await changed(pullRequest(unknown), state)).toMatch(/no more than 3000 files of a pull request; /);
  });
});

test('the lines are those that the patch adds; all of a file whose patch is left out', async () => {
  const server = await startLoopback({
    files: [
      { filename: 'patched.yaml', patch: '@@ -1,2 +1,3 @@\n a\n+b\n c' },
      { filename: 'large.yaml', changes: 90_000 },
      { filename: 'renamed.yaml', previous_filename: 'old.yaml', changes: 0 },
    ],
  });
  loopback = server;
  const client = createClient('secret', server.apiUrl, { debug: () => {}, notice: () => {} });
  const result = await changedFiles(
    { event: pullRequest(unknown), owner: 'octo', repo: 'shop' },
    { client, directory: local.directory },
  );
  expect(result).toMatchObject({
    change: {
      lines: new Map([
        ['patched.yaml', [[2, 2]]],
        ['large.yaml', [whole]],
        ['renamed.yaml', []],
      ]),
    },
  });
});

test.each<[string, string, [number, number][]]>([
  ['a new file', '@@ -0,0 +1,2 @@\n+a\n+b', [[1, 2]]],
  ['one line', '@@ -3 +3 @@\n-a\n+b\n\\ No newline at end of file', [[3, 3]]],
  ['only removed lines', '@@ -3,2 +2,0 @@ spec:\n-a\n-b', []],
  [
    'two hunks, with text that looks like one',
    '@@ -1,3 +1,4 @@\n a\n+@@ -9,9 +9,9 @@\n b\n c\n@@ -20,3 +21,3 @@ kind: Pod\n x\n-y\n+z\n w\n+++ v',
    [
      [2, 2],
      [22, 22],
      [24, 24],
    ],
  ],
])('a patch with %s', (_, patch, lines) => {
  expect(addedLines(patch)).toEqual(lines);
});
