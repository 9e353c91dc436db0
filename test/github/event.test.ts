import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { readRun } from '../../src/github/event.ts';

const base = 'a'.repeat(40);
const head = 'b'.repeat(40);
const checkedOut = 'c'.repeat(40);

function environment(name: string, payload: unknown): Record<string, string> {
  const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-event-')), 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SHA: checkedOut,
    GITHUB_RUN_ID: '7',
  };
}

function pullRequest(headRepository: { full_name: string } | null) {
  return {
    pull_request: {
      number: 12,
      base: { sha: base, repo: { full_name: 'octo/shop' } },
      head: { sha: head, repo: headRepository },
    },
  };
}

const own = { full_name: 'octo/shop' };
const fork = { full_name: 'stranger/shop' };
const ofPullRequest = { kind: 'pull_request', number: 12, base, head, fromFork: false, privileged: false };

describe('the event', () => {
  test.each([
    ['a pull request', 'pull_request', pullRequest(own), ofPullRequest, head],
    ['one from a fork', 'pull_request', pullRequest(fork), { ...ofPullRequest, fromFork: true }, head],
    [
      'one from a fork that is gone',
      'pull_request',
      pullRequest(null),
      { ...ofPullRequest, fromFork: true },
      head,
    ],
    [
      'a privileged one',
      'pull_request_target',
      pullRequest(fork),
      { ...ofPullRequest, fromFork: true, privileged: true },
      head,
    ],
    [
      'a merge group',
      'merge_group',
      { merge_group: { base_sha: base, head_sha: head } },
      { kind: 'merge_group', base, head },
      head,
    ],
    ['a push', 'push', { before: base, after: head }, { kind: 'push', base, head }, head],
    [
      'a push that makes a branch',
      'push',
      { before: '0'.repeat(40), after: head },
      { kind: 'push', base: undefined, head },
      head,
    ],
    ['a schedule', 'schedule', { schedule: '0 0 * * *' }, { kind: 'other', name: 'schedule' }, checkedOut],
    [
      'a dispatch',
      'workflow_dispatch',
      { inputs: null },
      { kind: 'other', name: 'workflow_dispatch' },
      checkedOut,
    ],
  ])('%s', (_, name, payload, event, commit) => {
    expect(readRun(environment(name, payload))).toMatchObject({ event, commit, owner: 'octo', repo: 'shop' });
  });
});

test('addresses come from the server that the runner names', () => {
  const env = environment('schedule', {});
  expect(readRun(env)).toMatchObject({
    apiUrl: 'https://api.github.com',
    repositoryUrl: 'https://github.com/octo/shop',
    runUrl: 'https://github.com/octo/shop/actions/runs/7',
  });
  const enterprise = { GITHUB_SERVER_URL: 'https://git.corp', GITHUB_API_URL: 'https://git.corp/api/v3/' };
  expect(readRun({ ...env, ...enterprise })).toMatchObject({
    apiUrl: 'https://git.corp/api/v3',
    repositoryUrl: 'https://git.corp/octo/shop',
  });
});

test.each([
  ['no event', { ...environment('schedule', {}), GITHUB_EVENT_NAME: '' }, /GITHUB_EVENT_NAME is not set/],
  ['no repository', { ...environment('schedule', {}), GITHUB_REPOSITORY: 'shop' }, /no owner and name/],
  [
    'an event without its file',
    { ...environment('push', {}), GITHUB_EVENT_PATH: '/nowhere' },
    /read as JSON/,
  ],
  ['a file that is not JSON', environment('push', '{'), /read as JSON/],
  ['a file that is something else', environment('pull_request', []), /event must be object/],
  ['a commit that is an option of git', environment('push', { before: '--output=x', after: head }), /before/],
  [
    'a number that is a path',
    environment('pull_request', { pull_request: { ...pullRequest(own).pull_request, number: '1/../..' } }),
    /number must be integer/,
  ],
])('%s is an error with a sentence', (_, env, message) => {
  expect(() => readRun(env)).toThrow(UserError);
  expect(() => readRun(env)).toThrow(message);
});
