import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { linkTo, readRun } from '../../src/github/event.ts';
import { base, head, mergeCommit, mergeGroup, noCommit, pullRequest, push } from './events.ts';

function environment(name: string, payload: unknown): Record<string, string> {
  const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-event-')), 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SHA: mergeCommit,
  };
}

const ofPullRequest = { kind: 'pull_request', number: 12, base, head, fromFork: false, privileged: false };

describe('the event', () => {
  test.each([
    ['a pull request', 'pull_request', pullRequest(), ofPullRequest, head],
    [
      'one from a fork',
      'pull_request',
      pullRequest({ from: 'stranger/shop' }),
      { ...ofPullRequest, fromFork: true },
      head,
    ],
    [
      'one from a fork that is gone',
      'pull_request',
      pullRequest({ from: null }),
      { ...ofPullRequest, fromFork: true },
      head,
    ],
    [
      'a privileged one',
      'pull_request_target',
      pullRequest({ from: 'stranger/shop' }),
      { ...ofPullRequest, fromFork: true, privileged: true },
      head,
    ],
    ['a merge group', 'merge_group', mergeGroup(), { kind: 'merge_group', base, head }, head],
    ['a push', 'push', push(), { kind: 'push', base, head }, head],
    [
      'a push that makes a branch',
      'push',
      push({ base: noCommit, head }),
      { kind: 'push', base: undefined, head },
      head,
    ],
    ['a schedule', 'schedule', { schedule: '0 0 * * *' }, { kind: 'other' }, mergeCommit],
    ['a dispatch', 'workflow_dispatch', { inputs: null }, { kind: 'other' }, mergeCommit],
  ])('%s', (_, name, payload, event, commit) => {
    expect(readRun(environment(name, payload))).toMatchObject({ event, commit, owner: 'octo', repo: 'shop' });
  });
});

test('addresses come from the server that the runner names', () => {
  const env = environment('schedule', {});
  expect(readRun(env)).toMatchObject({
    apiUrl: 'https://api.github.com',
    repositoryUrl: 'https://github.com/octo/shop',
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
  ['a commit that is an option of git', environment('push', push({ base: '--output=x', head })), /before/],
  [
    'a number that is a path',
    environment('pull_request', { pull_request: { ...pullRequest().pull_request, number: '1/../..' } }),
    /number must be integer/,
  ],
])('%s is an error with a sentence', (_, env, message) => {
  expect(() => readRun(env)).toThrow(UserError);
  expect(() => readRun(env)).toThrow(message);
});

test('links show the commit of the pull request, whatever the file is called', () => {
  const run = readRun(environment('pull_request', pullRequest()));
  const root = `https://github.com/octo/shop/blob/${head}`;
  expect(linkTo(run, 'a/b.yaml', 3)).toBe(`${root}/a/b.yaml#L3`);
  expect(linkTo(run, 'ä b)#?%[1]\n.yaml')).toBe(`${root}/%C3%A4%20b%29%23%3F%25%5B1%5D%0A.yaml`);
});
