import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../src/config/load.ts';
import { memoryTree } from '../src/files/memory.ts';
import { ruleIds } from '../src/rules/index.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '');
const action = parse(readFileSync('action.yml', 'utf8'));

/** The first column of a table of the README, by the title of that column. */
function column(title: string): string[] {
  const table = new RegExp(`^\\| ${title} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)*)`, 'm').exec(readme)?.[1] ?? '';
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? '');
}

test('the quick start is near the top and works unedited', () => {
  expect(readme.slice(0, readme.indexOf('```yaml')).split('\n').length).toBeLessThanOrEqual(25);
  const workflow = parse(blocks[0] ?? '');
  expect(Object.keys(workflow.on)).toEqual(['pull_request', 'merge_group']);
  expect(workflow.permissions).toEqual({});
  const { name, permissions, steps } = workflow.jobs.plimsoll;
  expect(name).toBe('plimsoll');
  expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  expect(steps.map(({ uses }: { uses: string }) => uses)).toEqual([
    expect.stringMatching(/^actions\/checkout@[0-9a-f]{40}$/),
    'plimsoll-dev/plimsoll@v1',
  ]);
  expect(
    steps.every((step: { with?: object }) => step.with === undefined || 'persist-credentials' in step.with),
  ).toBe(true);
});

test('the tables name every input and output', () => {
  expect(column('Input')).toEqual(Object.keys(action.inputs));
  expect(column('Output')).toEqual(Object.keys(action.outputs));
});

test('the sample of the config is valid', async () => {
  const config = blocks.find((block) => block.includes('waivers:')) ?? '';
  const tree = memoryTree({ '.plimsoll.yaml': config });
  expect((await loadConfig(tree, { ruleIds })).config.waivers).toHaveLength(1);
});

test('it is short', () => {
  expect(readme.split('\n').length).toBeLessThan(250);
});

test('every workflow pins its actions by commit', () => {
  for (const file of ['ci', 'plimsoll']) {
    const text = readFileSync(`.github/workflows/${file}.yml`, 'utf8');
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, name]) => name ?? '');
    expect(used.filter((name) => name !== './' && !/@[0-9a-f]{40}$/.test(name))).toEqual([]);
  }
});
