import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { frameworkNames } from '../src/config/frameworks.ts';
import { commitAll, git, scratch, write } from './files/repository.ts';
import { runCommand } from './run-command.ts';

let root: string;

beforeEach(() => {
  root = scratch();
});

const lay = (files: Readonly<Record<string, string>>) => write(root, files);
const compliance = (...args: string[]) => runCommand(root, 'compliance', ...args);

interface Control {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly lookedAt: readonly { readonly kind: string; readonly objects: number }[];
}

/** The JSON report on one framework, and its controls by id. */
async function report(framework: string, ...args: string[]) {
  const { code, out } = await compliance('--framework', framework, '--format', 'json', ...args);
  expect(code).toBe(0);
  const value = JSON.parse(out);
  const controls: readonly Control[] = value.frameworks[0].controls;
  return { ...value, controls: new Map(controls.map((control) => [control.id, control])) };
}

const pod = (settings: string) => `apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
spec:
${settings}  containers:
    - name: app
      image: registry.example.com/app:1.2.3
`;

describe('the report', () => {
  test('says of each control what the manifests show', async () => {
    lay({ 'a.yaml': pod('  hostPID: true\n'), 'b.yaml': pod('') });
    const { controls, findings } = await report('pss/baseline');
    expect(controls.get('hostNamespaces')).toMatchObject({ status: 'findings' });
    expect(controls.get('privileged')).toMatchObject({
      status: 'passed',
      lookedAt: [{ kind: 'Pod', objects: 2 }],
    });
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'pod/host-pid',
        location: expect.objectContaining({ file: 'a.yaml', line: 7 }),
      }),
    ]);
  });

  test('runs rules that the profile does not have, and not those that the config turns off', async () => {
    lay({ 'a.yaml': pod('') });
    const byProfile = await report('pss/restricted');
    expect(byProfile.controls.get('seccompProfile_restricted')).toMatchObject({ status: 'findings' });
    lay({ '.plimsoll.yaml': 'profile: recommended\nrules:\n  pod/privileged: off\n' });
    const { controls, idleRules } = await report('pss/baseline');
    expect(controls.get('privileged')).toMatchObject({
      status: 'not-assessable',
      reason: 'Not looked at: pod/privileged is off.',
    });
    expect(idleRules).toEqual([{ rule: 'pod/privileged', why: 'off' }]);
  });

  test('counts a waived finding as waived until its day', async () => {
    const waiver = (until: string) =>
      `waivers:\n  - {rule: pod/host-pid, path: a.yaml, reason: measures, owner: ops, until: ${until}}\n`;
    lay({ 'a.yaml': pod('  hostPID: true\n'), '.plimsoll.yaml': waiver('2026-11-21') });
    const held = await report('pss/baseline');
    expect(held.controls.get('hostNamespaces')).toMatchObject({ status: 'waived' });
    expect(held.findings[0].suppressed).toEqual({
      by: 'waiver',
      reason: 'measures',
      owner: 'ops',
      until: '2026-11-21',
    });
    lay({ '.plimsoll.yaml': waiver('2026-11-20') });
    expect((await report('pss/baseline')).controls.get('hostNamespaces')).toMatchObject({
      status: 'findings',
    });
  });

  test('of a repository without pods has no control of pods that passed', async () => {
    lay({ 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n' });
    const { controls } = await report('pss/baseline');
    expect(new Set([...controls.values()].map(({ status }) => status))).toEqual(new Set(['not-applicable']));
  });

  test('names path, day, revision, and the files that were not checked', async () => {
    lay({ 'apps/a.yaml': pod(''), 'apps/b.yaml': 'kind: Pod\napiVersion: v1\n  x: 1\n', 'c.yaml': pod('') });
    const outside = await report('nsa', 'apps');
    expect(outside).toMatchObject({ path: 'apps', date: '2026-11-21T00:00:00Z' });
    expect(outside.revision).toBeUndefined();
    expect(outside.coverage.notChecked.map(({ file }: { file: string }) => file)).toEqual(['apps/b.yaml']);
    commitAll(root);
    expect((await report('nsa')).revision).toBe(git(root, 'rev-parse', 'HEAD').trim());
  });

  test.each(['markdown', 'json', 'html', 'oscal'])('is written as %s, the same each time', async (format) => {
    lay({ 'a.yaml': pod('  hostPID: true\n') });
    const args = ['--framework', 'pss,soc2', '--format', format, '--output', 'report'];
    expect(await compliance(...args)).toEqual({ code: 0, out: '', err: '' });
    const once = readFileSync(join(root, 'report'), 'utf8');
    rmSync(join(root, 'report'));
    await compliance(...args);
    expect(readFileSync(join(root, 'report'), 'utf8')).toBe(once);
    expect(once).toContain('SOC 2');
  });
});

describe('frameworks', () => {
  const idsOf = (out: string) => JSON.parse(out).frameworks.map(({ id }: { id: string }) => id);

  test.each([
    ['pss', ['pss/baseline', 'pss/restricted']],
    ['cis', ['cis/1.12']],
    ['cis/1.8, soc2', ['cis/1.8', 'soc2']],
    [
      'pci-dss,iso-27001,nist-800-53,owasp-k8s',
      ['owasp-k8s/2025', 'nist-800-53/r5', 'pci-dss/4.0.1', 'iso-27001/2022'],
    ],
    ['nsa,nsa', ['nsa']],
  ])('%s', async (names, ids) => {
    const { out } = await compliance('--framework', names, '--format', 'json');
    expect(idsOf(out)).toEqual(ids);
  });

  test('of the config, when none is named', async () => {
    lay({ '.plimsoll.yaml': 'compliance: [hipaa, pss]\n' });
    const { out, err } = await compliance('--format', 'json');
    expect([idsOf(out), err]).toEqual([['pss/baseline', 'pss/restricted', 'hipaa'], '']);
  });

  test('that manifests say most about, when nobody names one, and all are listed', async () => {
    const { code, out, err } = await compliance('--format', 'json');
    expect(code).toBe(0);
    expect(idsOf(out)).toEqual(['pss/baseline', 'pss/restricted', 'cis/1.12', 'nsa']);
    for (const name of frameworkNames) expect(err).toContain(name);
  });
});

describe('wrong usage ends with 2', () => {
  test.each<[string[], string]>([
    [
      ['--framework', 'soc-2'],
      'error: compliance: There is no framework "soc-2". Did you mean "soc2"?\nName some of pss/',
    ],
    [['--framework', 'soc2,'], 'error: compliance: There is no framework "".'],
    [
      ['--framework', 'soc2', '--format', 'htm'],
      'error: --format: "htm" is none of markdown, json, html, oscal. Did you mean "html"?\n',
    ],
    [['--frameworks', 'soc2'], 'error: There is no option --frameworks. Did you mean "--framework"?\n'],
    [['nowhere'], 'error: nowhere: There is no such file or directory.\n'],
    [['a', 'b'], 'error: b: Only one path can be given.\n'],
    [['--output', 'no/such/x'], 'error: no/such/x: The output cannot be written.'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await compliance(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('in the config, with the line', async () => {
    lay({ '.plimsoll.yaml': 'compliance:\n  - soc3\n' });
    const { code, err } = await compliance();
    expect(code).toBe(2);
    expect(err).toMatch(/^error: \.plimsoll\.yaml:2:5: "soc3" is none of .* Did you mean "soc2"\?/);
  });
});

test('--help tells how', async () => {
  const { code, out } = await compliance('--help');
  expect(code).toBe(0);
  expect(out).toContain('Options of compliance:');
});
