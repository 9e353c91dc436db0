import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../src/errors.ts';
import { type RenderFlags, render } from '../src/render-command.ts';
import { shippedEngine } from './fixtures.ts';

const run = (path: string, flags: RenderFlags = {}) =>
  render(resolve('__fixtures__'), path, flags, () => shippedEngine);

describe('plimsoll render', () => {
  test('a chart with its defaults, and with a values file over them', async () => {
    const defaults = await run('charts/values-sets');
    const production = await run('charts/values-sets', { values: ['charts/values-sets/values-prod.yaml'] });
    expect(defaults.problems).toEqual([]);
    expect(defaults.text).toMatch(/^---\n# Source: values-sets\/templates\//);
    expect(production.text).not.toBe(defaults.text);
  });

  test('--set, --release and --namespace reach the templates', async () => {
    const { text } = await run('charts/literals', { release: 'shop' });
    expect(text).not.toContain('release-name');
  });

  test('--origins puts the place before each line', async () => {
    const { text } = await run('charts/values-sets', {
      values: ['charts/values-sets/values-prod.yaml'],
      origins: true,
    });
    const plain = await run('charts/values-sets', { values: ['charts/values-sets/values-prod.yaml'] });
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(line.indexOf(' | ') + 3)).join('\n')).toBe(plain.text.trimEnd());
    expect(text).toMatch(/^charts\/values-sets\/values-prod\.yaml:\d+ {2}values exact +\| .*: /m);
    expect(text).toMatch(/^charts\/values-sets\/templates\/[\w.-]+:\d+ {2}template exact +\| kind: /m);
  });

  test('an overlay, and a base that overlays use', async () => {
    const { text } = await run('overlays/json6902', { origins: true });
    expect(text).toContain('patch exact');
    expect((await run('overlays/names/base')).text).toContain('kind: Deployment');
  });

  test('what cannot be rendered is said with its place', async () => {
    const { text, problems } = await run('charts/broken-include');
    expect(text).toBe('');
    expect(problems.join()).toMatch(/^charts\/broken-include\/templates\/config\.yaml:4:\d+: .*"nowhere"/);
  });

  test('plain manifests are printed as they are', async () => {
    const { text } = await run('rules/pod/host-pid', { origins: true });
    expect(text).toMatch(/literal exact/);
  });

  test.each([
    ['several', 'charts', 'This directory holds several charts or kustomizations.'],
    ['none', 'github', 'There is no chart, no kustomization and no Kubernetes object here.'],
    ['a missing file', 'charts/nowhere', 'There is no such file or directory.'],
  ])('%s', async (_, path, message) => {
    await expect(run(path)).rejects.toThrow(new UserError(message));
  });

  test('a values file that is not there', async () => {
    await expect(run('charts/literals', { values: ['nowhere.yaml'] })).rejects.toThrow(UserError);
  });
});
