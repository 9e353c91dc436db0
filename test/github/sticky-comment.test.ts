import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient } from '../../src/github/client.ts';
import { explainRefusal, upsertComment } from '../../src/github/sticky-comment.ts';
import { type Comment, type Failure, type Loopback, type State, startLoopback } from './loopback.ts';

const marker = '<!-- plimsoll:shop -->';
const body = `${marker}\nFailed: 1 finding.`;
const bot = 'github-actions[bot]';
const pullRequest = { owner: 'octo', repo: 'shop', number: 12 };

let loopback: Loopback;
afterEach(async () => {
  await loopback.close();
  expect(loopback.violations).toEqual([]);
});

async function client(state: State, notices: string[] = []) {
  loopback = await startLoopback(state);
  return createClient('secret', loopback.apiUrl, {
    debug: () => {},
    notice: (message) => notices.push(message),
  });
}

function comment(id: number, author: string, text: string): Comment {
  return { id, author, body: text };
}

function chatter(length: number): Comment[] {
  return Array.from({ length }, (_, i) => comment(i + 1, 'octocat', `Comment ${i}`));
}

const list = 'issues/list-comments';
const create = 'issues/create-comment';
const update = 'issues/update-comment';

describe('one comment', () => {
  test.each<[string, Comment[], boolean, string, string[]]>([
    ['is made', chatter(2), true, 'made', [list, create]],
    ['is not made when there is nothing to say', chatter(2), false, 'not needed', [list]],
    [
      'is updated',
      [comment(5, bot, `${marker}\nold`), ...chatter(1)],
      true,
      'updated',
      [list, 'graphql', update],
    ],
    [
      'is updated when there is nothing to say any more',
      [comment(5, bot, `${marker}\nold`)],
      false,
      'updated',
      [list, 'graphql', update],
    ],
    ['is left alone when it says the same', [comment(5, bot, body)], true, 'unchanged', [list, 'graphql']],
    [
      'is found behind hundreds of others',
      [...chatter(250), comment(900, bot, `${marker}\nold`)],
      true,
      'updated',
      [list, list, list, 'graphql', update],
    ],
    [
      'is not the one of somebody else who copied the marker',
      [comment(5, 'mallory', `${marker}\nApproved.`)],
      true,
      'made',
      [list, 'graphql', create],
    ],
    [
      'is not one of ours that only quotes the marker',
      [comment(5, bot, `> ${marker}`)],
      true,
      'made',
      [list, create],
    ],
    [
      'is not the one of another job',
      [comment(5, bot, '<!-- plimsoll:other -->\nold')],
      true,
      'made',
      [list, create],
    ],
  ])('%s', async (_, comments, worthMaking, outcome, operations) => {
    const state: State = { comments };
    const before = comments.map((entry) => ({ ...entry }));
    expect(await upsertComment(await client(state), pullRequest, { marker, body, worthMaking })).toBe(
      outcome,
    );
    expect(loopback.operations).toEqual(operations);
    const kept = before.filter(({ author, body: text }) => author !== bot || !text.startsWith(marker));
    expect(state.comments).toEqual(expect.arrayContaining(kept));
    const ours = state.comments?.filter(({ author, body: text }) => author === bot && text === body);
    expect(ours).toHaveLength(outcome === 'not needed' ? 0 : 1);
  });
});

test.each<[string, Failure[], string[], string[]?]>([
  [
    'a server that fails to list',
    [{ operation: list, status: 502, message: 'Bad Gateway' }],
    [list, list, create],
  ],
  [
    'a server that fails to write',
    [{ operation: create, status: 502, message: 'Bad Gateway' }],
    [list, create, list, create],
  ],
  [
    'a server that writes and fails to say so',
    [{ operation: create, status: 504, message: 'Timeout', carriedOut: true }],
    [list, create, list, 'graphql'],
  ],
  [
    'a secondary rate limit',
    [
      {
        operation: create,
        status: 429,
        message: 'You have exceeded a secondary rate limit.',
        headers: { 'retry-after': '1' },
      },
    ],
    [list, create, create],
    ['trying again in 1 s'],
  ],
])('%s gets one comment all the same', async (_, failures, operations, expected = []) => {
  const state: State = { failures };
  const notices: string[] = [];
  await upsertComment(await client(state, notices), pullRequest, { marker, body, worthMaking: true });
  expect(state.comments).toEqual([comment(1, bot, body)]);
  expect(notices).toEqual(expected.map((end) => expect.stringContaining(end)));
  expect(loopback.operations).toEqual(operations);
});

test.each([403, 429])('a rate limit (%i) that lasts too long is given up with a word', async (status) => {
  const notices: string[] = [];
  const message = 'API rate limit exceeded for installation.';
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inAnHour) };
  const github = await client({ failures: [{ operation: list, status, message, headers }] }, notices);
  const upsert = upsertComment(github, pullRequest, { marker, body, worthMaking: true });
  await expect(upsert).rejects.toThrow(message);
  expect(loopback.operations).toEqual([list]);
  expect(notices).toEqual([expect.stringMatching(/^GitHub's rate limit is reached at GET .* giving up/)]);
});

describe('a refusal', () => {
  const notAccessible = 'Resource not accessible by integration';
  const names = "add the line `pull-requests: write` to the job's `permissions`";
  test.each<[string, number, string, boolean, string]>([
    ['by a read-only token names the permission', 403, notAccessible, false, names],
    ['of a fork says that it is one', 403, notAccessible, true, 'comes from a fork'],
    ['by a token that sees nothing names the permission', 404, 'Not Found', false, names],
    [
      'for another reason gives the reason',
      403,
      'Unable to create comment because issue is locked.',
      false,
      'issue is locked',
    ],
    ['of the text gives the reason', 422, 'Body is too long', true, 'Body is too long'],
  ])('%s', async (_, status, message, fromFork, expected) => {
    const github = await client({ failures: [{ operation: create, status, message }] });
    const error = await upsertComment(github, pullRequest, { marker, body, worthMaking: true }).catch(
      (error: unknown) => error,
    );
    expect(explainRefusal(error, fromFork)).toContain(expected);
    expect(loopback.operations).toEqual([list, create]);
  });
});
