import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Report } from '../src/judge/report.ts';
import { head, mergeCommit, mergeGroup, noCommit, pullRequest, push } from './github/events.ts';
import { type Comment, type Failure, type State, startLoopback } from './github/loopback.ts';
import { metadata, type Outcome, runStep, type Step, workspaceOf, writeFiles } from './github/runner.ts';

const bot = 'github-actions[bot]';
const listFiles = 'pulls/list-files';
const compare = 'repos/compare-commits-with-basehead';
const list = 'issues/list-comments';
const create = 'issues/create-comment';
const update = 'issues/update-comment';

/** A pod with a finding of severity critical on line 9. */
const bad = `apiVersion: v1
kind: Pod
metadata:
  name: api
spec:
  containers:
    - name: app
      securityContext:
        privileged: true
`;
const good = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';

interface Act extends Partial<Step> {
  readonly files?: Readonly<Record<string, string>>;
  readonly state?: State;
  readonly product?: 'ghes-3.17';
}

interface Result extends Outcome {
  /** What was asked of the API. */
  readonly operations: readonly string[];
  readonly state: State;
  readonly report: Report | undefined;
}

/** Runs a step, by default for a pull request, and checks what holds for each. */
async function act({
  files = { 'settings.yaml': good },
  state = {},
  product,
  ...step
}: Act): Promise<Result> {
  const loopback = await startLoopback(state, product);
  try {
    const outcome = await runStep({
      event: 'pull_request',
      payload: pullRequest(),
      workspace: workspaceOf(files),
      ...step,
      env: { GITHUB_API_URL: loopback.apiUrl, ...step.env },
    });
    expect(loopback.violations).toEqual([]);
    expect(outcome.stderr).toBe('');
    const other = outcome.commands.filter(
      ({ name }) => !['error', 'warning', 'notice', 'debug'].includes(name),
    );
    expect(other).toEqual([]);
    expect(outcome.suspects).toEqual([]);
    const file = outcome.outputs['report-file'];
    const report = file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Report);
    return { ...outcome, operations: loopback.operations, state, report };
  } finally {
    await loopback.close();
  }
}

/** Files that have annotations of findings. */
function annotated({ commands }: Result): string[] {
  return [...new Set(commands.flatMap(({ properties }) => properties.file ?? []))];
}

/** Messages of a kind that belong to no file. */
function remarks({ commands }: Result, kind: string): string[] {
  return commands.filter(({ name, properties }) => name === kind && !properties.file).map(({ data }) => data);
}

function states({ report }: Result): Record<string, string> {
  const entries = report?.findings.map(({ location, state }): [string, string] => [location.file, state]);
  return Object.fromEntries(entries ?? []);
}

/** This node, and one of version 24, on which GitHub runs the Action, if it is at hand. */
const node24 = process.env.PLIMSOLL_NODE24;
const nodes = [process.execPath, ...(node24 ? [node24] : [])].map((path): [string, string] => [
  execFileSync(path, ['--version']).toString().trim(),
  path,
]);
if (!nodes.some(([version]) => version.startsWith('v24.')))
  process.stderr.write('The Action is not tried on Node 24: PLIMSOLL_NODE24 does not name one.\n');

describe.each(nodes)('the Action on Node %s', (_, node) => {
  describe('on a pull request', () => {
    const files = { 'shop/api.yaml': bad, 'old.yaml': bad };
    const changed = { files: [{ filename: 'shop/api.yaml', patch: '@@ -0,0 +1,9 @@\n+x' }] };

    test('fails for findings in files that it changes, and shows them on every surface', async () => {
      const result = await act({ node, files, state: { ...changed } });
      expect(result.exitCode).toBe(1);
      expect(states(result)).toEqual({ 'shop/api.yaml': 'new', 'old.yaml': 'existing' });

      const { verdict } = result.report as Report;
      expect(result.outputs).toEqual({
        verdict: 'failed',
        new: String(verdict.new),
        existing: String(verdict.existing),
        'report-file': expect.stringMatching(/report\.json$/),
        'compliance-directory': '',
      });
      expect(Object.keys(result.outputs)).toEqual(Object.keys(metadata().outputs));

      expect(result.commands).toContainEqual({
        name: 'error',
        properties: expect.objectContaining({ file: 'shop/api.yaml', line: '9', endLine: '9', col: '9' }),
        data: expect.stringContaining('Container app runs privileged.'),
      });
      expect(annotated(result)).toEqual(['shop/api.yaml']);
      expect(remarks(result, 'error')).toEqual([expect.stringMatching(/^Failed: /)]);

      expect(result.operations).toEqual([listFiles, list, create]);
      const [comment] = result.state.comments as [Comment];
      const [failure] = remarks(result, 'error') as [string];
      const link = `https://github.com/octo/shop/blob/${head}/shop/api.yaml#L9`;
      for (const surface of [comment.body, result.summary]) {
        expect(surface).toContain(failure);
        expect(surface).toContain(link);
        expect(surface).not.toContain(mergeCommit);
      }
      expect(comment.body).toMatch(/^<!-- plimsoll:[0-9a-f]+ -->\n/);
      expect(result.summary).toMatch(/^From an earlier step\.\n/);
      expect(result.summary).toContain('old.yaml');
      expect(result.stdout).toMatch(/^::stop-commands::[\da-f-]{36}$/m);
      expect(result.stdout).toContain(`\n${failure}\n`);
    });

    test('has a coloured log, which GitHub shows', async () => {
      const result = await act({ node, files, env: { NO_COLOR: '' } });
      expect(result.stdout).toContain('\u001b[32mPassed: ');
    });

    test('keeps one comment: made, left alone, updated to all clear, made by nobody else', async () => {
      const state: State = { ...changed };
      const workspace = workspaceOf(files);
      const again = () => act({ node, workspace, state });

      await again();
      const [{ body: failed }] = state.comments as [Comment];
      expect((await again()).operations).toEqual([listFiles, list, 'graphql']);
      expect(state.comments).toEqual([{ id: 1, author: bot, body: failed }]);

      writeFiles(workspace, { 'shop/api.yaml': good });
      const clear = await again();
      expect(clear.operations).toEqual([listFiles, list, 'graphql', update]);
      expect(clear.exitCode).toBe(0);
      expect(state.comments).toEqual([{ id: 1, author: bot, body: expect.stringContaining('Passed: ') }]);

      writeFiles(workspace, { 'shop/api.yaml': bad });
      state.comments = [{ id: 1, author: 'mallory', body: failed }];
      expect((await again()).operations).toEqual([listFiles, list, 'graphql', create]);
      expect(state.comments).toEqual([
        { id: 1, author: 'mallory', body: failed },
        { id: 2, author: bot, body: failed },
      ]);
    });

    test('makes no comment when all is well', async () => {
      const state: State = { files: [{ filename: 'settings.yaml' }] };
      const result = await act({ node, files: { 'settings.yaml': good, 'old.yaml': bad }, state });
      expect(result).toMatchObject({ exitCode: 0, operations: [listFiles, list], commands: [] });
      expect(result.outputs).toMatchObject({ verdict: 'passed', new: '0' });
      expect(Number(result.outputs.existing)).toBeGreaterThan(0);
    });

    const notAccessible = { status: 403, message: 'Resource not accessible by integration' };
    test.each<[string, unknown, RegExp]>([
      ['names the permission that is missing', pullRequest(), /`pull-requests: write`/],
      ['says so when it comes from a fork', pullRequest({ from: 'stranger/shop' }), /comes from a fork/],
    ])('with a read-only token has the same result and %s', async (_, payload, warning) => {
      const failures = [{ operation: create, ...notAccessible }];
      const result = await act({ node, files, payload, state: { ...changed, failures } });
      expect(result).toMatchObject({ exitCode: 1, operations: [listFiles, list, create] });
      expect(remarks(result, 'warning')).toEqual([expect.stringMatching(warning)]);
      expect(result.outputs.verdict).toBe('failed');
      expect(annotated(result)).toEqual(['shop/api.yaml']);
    });

    test.each<[string, Failure[], string[]]>([
      [
        'a rate limit',
        [
          {
            operation: listFiles,
            status: 429,
            message: 'You have exceeded a secondary rate limit.',
            headers: { 'retry-after': '1' },
          },
        ],
        [listFiles, listFiles, list, create],
      ],
      [
        'a bad gateway',
        [{ operation: list, status: 502, message: 'Bad Gateway' }],
        [listFiles, list, list, create],
      ],
    ])('waits for %s to end', async (_, failures, operations) => {
      const result = await act({ node, files, state: { ...changed, failures } });
      expect(result).toMatchObject({ exitCode: 1, operations });
      expect(annotated(result)).toEqual(['shop/api.yaml']);
    });

    test('with more files than GitHub lists lets all findings decide, and says why', async () => {
      const many = Array.from({ length: 3001 }, (_, i) => ({ filename: `${i}.txt` }));
      const result = await act({ node, files, state: { files: many } });
      expect(states(result)).toEqual({ 'shop/api.yaml': 'new', 'old.yaml': 'new' });
      expect(result.report?.notices).toEqual([
        { message: expect.stringMatching(/^All findings decide, .* no more than 3000 files/) },
        { message: expect.stringContaining('the clone has not the commit') },
      ]);
      expect(result.summary).toContain('no more than 3000 files');
    });

    test('that is privileged says that the checkout decides what is checked', async () => {
      const result = await act({ node, files, event: 'pull_request_target', state: { ...changed } });
      expect(result.report?.notices).toEqual([
        { message: expect.stringContaining('the checkout decides what is checked') },
        { message: expect.stringContaining('the clone has not the commit') },
      ]);
      expect(result.operations).toEqual([listFiles, list, create]);
    });

    test.each<[string, Record<string, string>, Partial<Result>]>([
      ['without a token asks nothing', { token: '' }, { exitCode: 1, operations: [] }],
      ['without a comment writes none', { comment: 'false' }, { exitCode: 1, operations: [listFiles] }],
      ['that must not fail does not', { 'fail-on': 'never' }, { exitCode: 0 }],
    ])('%s', async (_, inputs, expected) => {
      expect(await act({ node, files, with: inputs, state: { ...changed } })).toMatchObject(expected);
    });

    test('without annotations has none', async () => {
      const result = await act({ node, files, with: { annotations: 'false' }, state: { ...changed } });
      expect(annotated(result)).toEqual([]);
      expect(result.exitCode).toBe(1);
    });

    test('checks the directory that is named, and names files as the repository does', async () => {
      const result = await act({ node, files, with: { path: 'shop' }, state: { ...changed } });
      expect(states(result)).toEqual({ 'shop/api.yaml': 'new' });
    });

    test('writes compliance reports when frameworks are named, on all files whatever it changes', async () => {
      const inputs = { compliance: 'pss, soc2', 'fail-on': 'never' };
      const state = { files: [{ filename: 'settings.yaml' }] };
      const workspace = workspaceOf({ 'settings.yaml': good, 'old.yaml': bad });
      const revision = commit(workspace);
      const result = await act({ node, workspace, with: inputs, state });
      expect(result.exitCode).toBe(0);
      const directory = result.outputs['compliance-directory'] ?? '';
      const read = (name: string) => readFileSync(join(directory, name), 'utf8');
      const report = JSON.parse(read('compliance.json'));
      expect(report.revision).toBe(revision);
      expect(report.frameworks.map(({ id }: { id: string }) => id)).toEqual([
        'pss/baseline',
        'pss/restricted',
        'soc2',
      ]);
      const { controls } = report.frameworks[0];
      expect(controls.find(({ id }: { id: string }) => id === 'privileged').status).toBe('findings');
      expect(read('compliance.html')).toContain(`https://github.com/octo/shop/blob/${head}/old.yaml#L9`);
      expect(JSON.parse(read('compliance.oscal.json'))['assessment-results'].results).toHaveLength(3);
      expect(result.summary).toMatch(/^## Compliance$/m);
      expect(result.summary).toContain('in the directory that the output `compliance-directory` names');
      expect(result.summary).toMatch(/^\| Pod Security Standards: Baseline \| 1 \| .* privileged /m);
    });

    test('of GitHub Enterprise Server has all addresses from there', async () => {
      const env = { GITHUB_SERVER_URL: 'https://git.corp' };
      const state = { ...changed };
      const result = await act({ node, files, env, state, product: 'ghes-3.17' });
      await act({ node, files, env, state, product: 'ghes-3.17' });
      expect(result.operations).toEqual([listFiles, list, create]);
      const [comment] = result.state.comments as [Comment];
      expect(comment.body).toContain(`https://git.corp/octo/shop/blob/${head}/shop/api.yaml`);
      expect(`${comment.body}${result.summary}`).not.toContain('github.com/octo');
    });
  });

  describe('on an event without a pull request', () => {
    const files = { 'a.yaml': bad, 'b.yaml': bad };
    const onlyNew = { 'a.yaml': 'new', 'b.yaml': 'existing' };
    const all = { 'a.yaml': 'new', 'b.yaml': 'new' };

    test.each<[string, string, unknown, Record<string, string>, string[]]>([
      ['a merge group', 'merge_group', mergeGroup(), onlyNew, [compare]],
      ['a push', 'push', push(), onlyNew, [compare]],
      ['a push that makes a branch', 'push', push({ base: noCommit, head }), all, []],
      ['a schedule', 'schedule', { schedule: '0 0 * * *' }, all, []],
      ['a dispatch', 'workflow_dispatch', { inputs: null }, all, []],
    ])('%s is checked without a comment', async (_, event, payload, expected, operations) => {
      const result = await act({ node, files, event, payload, state: { files: [{ filename: 'a.yaml' }] } });
      expect(states(result)).toEqual(expected);
      expect(result).toMatchObject({ exitCode: 1, operations });
    });

    test('a push whose commits are checked out asks nothing of GitHub', async () => {
      const workspace = workspaceOf({ 'b.yaml': bad });
      const before = commit(workspace);
      writeFiles(workspace, { 'a.yaml': bad });
      const payload = push({ base: before, head: commit(workspace) });
      const result = await act({ node, workspace, event: 'push', payload });
      expect(states(result)).toEqual(onlyNew);
      expect(result.operations).toEqual([]);
    });
  });

  test.each<[string, Act, RegExp]>([
    [
      'a value that an input cannot have',
      { with: { 'fail-on': 'hihg' } },
      /^fail-on: "hihg" is none of critical, high, medium, low, never\. Did you mean "high"\?$/,
    ],
    [
      'a framework that there is not',
      { with: { compliance: 'soc3' } },
      /^compliance: There is no framework "soc3"\. Did you mean "soc2"\?\n/,
    ],
    [
      'a word for true that is none',
      { with: { comment: 'yes' } },
      /^comment: "yes" is none of true, false\./,
    ],
    [
      'a path that is not there',
      { with: { path: 'nowhere' } },
      /nowhere: There is no such file or directory\.\n/,
    ],
    ['a checkout that was forgotten', { files: {} }, /There are no files to check\.\n.*actions\/checkout/],
    [
      'a mistake in the config',
      { files: { '.plimsoll.yaml': 'profile: recommended\nfial-on: high\n' } },
      /^\.plimsoll\.yaml:2:1: .*"fial-on".* Did you mean "fail-on"\?/,
    ],
    [
      'a config whose keys are commands',
      { files: { '.plimsoll.yaml': '"\\n::error::x": 1\n' } },
      /^\.plimsoll\.yaml:1:1: .*::error::x/s,
    ],
    ['no event', { env: { GITHUB_EVENT_NAME: '' } }, /GITHUB_EVENT_NAME is not set/],
    ['another event than it says', { payload: {} }, /not what GitHub documents/],
  ])('%s ends the step with a sentence', async (_, step, message) => {
    const result = await act({ node, ...step });
    expect(result).toMatchObject({ exitCode: 1, operations: [], outputs: {} });
    expect(remarks(result, 'error')).toEqual([expect.stringMatching(message)]);
    expect(result.stdout).not.toMatch(/^\s+at |%0A\s+at /m);
  });

  test('a mistake of ours asks for a report and has a stack', async () => {
    const result = await act({ node, env: { RUNNER_TEMP: '/nowhere' }, event: 'schedule' });
    expect(result.exitCode).toBe(1);
    const message = /^Plimsoll \S+ broke\. Please report this: https:.*\nError: ENOENT.*\n +at /;
    expect(remarks(result, 'error')).toEqual([expect.stringMatching(message)]);
  });

  test('text of a stranger is a command nowhere', async () => {
    const names = [
      '::error::x.yaml',
      '%0A::error::.yaml',
      'a\n::error::b.yaml',
      '##[error]c.yaml',
      '<img src=x>|`*.yaml',
    ];
    const hostile = '"::error::%0A::x::\\n::set-output name=a::b\\r::error file=a::b ##[error]x <b>@octocat"';
    const manifest = `${bad.replace('app', hostile).replace('name: api', `name: ${hostile}`)}# ::error::x\n::error::y: 1\n`;
    const files = Object.fromEntries(names.map((name) => [name, manifest]));
    const state: State = { files: names.map((filename) => ({ filename })) };
    const result = await act({ node, files, state });

    expect(result.exitCode).toBe(1);
    expect(new Set(Object.keys(states(result)))).toEqual(new Set(names));
    for (const file of annotated(result)) expect(names).toContain(file);
    const [comment] = state.comments as [Comment];
    for (const surface of [comment.body, result.summary]) expect(surface).not.toMatch(/<img|<b>|@octocat/);
  });
});

function commit(workspace: string): string {
  const git = (...command: string[]) =>
    execFileSync('git', ['-C', workspace, '-c', 'user.name=t', '-c', 'user.email=t@t', ...command])
      .toString()
      .trim();
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  return git('rev-parse', 'HEAD');
}
