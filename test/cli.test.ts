import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

// The command as users have it: dist/cli.js, in a directory without node_modules.
const cli = resolve('dist/cli.js');
const elsewhere = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(elsewhere, { recursive: true }));

function check(files: Readonly<Record<string, string>>, ...args: string[]) {
  const directory = mkdtempSync(join(elsewhere, 'r-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const options = { cwd: directory, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'check', ...args], options);
  return { status, stdout, stderr };
}

// One case for everything that is loaded only when it is needed.
describe('dist/cli.js', () => {
  test('with nothing to check', () => {
    expect(check({})).toEqual({
      status: 0,
      stdout: 'No Kubernetes manifests found in 0 files.\n',
      stderr: '',
    });
  });

  test('a rule', () => {
    const { status, stdout, stderr } = check({
      'a.yaml': 'apiVersion: v1\nkind: Pod\nspec:\n  hostPID: true\n',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('4:3  high      The pod shares the process IDs of its node.  pod/host-pid');
  });

  test('a syntax error', () => {
    const { status, stdout, stderr } = check({
      'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "a\n',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('4:9  high      This quoted text is never closed.  schema/yaml-invalid');
  });

  test('built-in and custom schemas', () => {
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Boat, plural: boats}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {length: {type: integer, minimum: 1}}}}
`;
    const boat = 'apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec:\n  length: 0\n';
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  port: 80\n';
    const { status, stdout, stderr } = check({ 'a.yaml': `${definition}---\n${boat}`, 'b.yaml': service });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/21:3 {2}high {6}spec\.length .*schema\/schema-invalid/);
    expect(stdout).toMatch(/5:3 {2}medium {4}Unknown field spec\.port.*schema\/schema-invalid/);
  });

  test('a config', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  hostPID: true\n';
    const config = 'exclude: ["*.yaml"]\n';
    expect(check({ 'a.yaml': pod, '.plimsoll.yaml': config })).toMatchObject({ status: 0, stderr: '' });
    expect(check({ 'a.yaml': pod, '.plimsoll.yaml': 'excludes: []\n' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('.plimsoll.yaml:1:1: '),
    });
  });

  test('a reader that stops early gets no stack trace', async () => {
    const child = spawn(process.execPath, [cli, 'check', '--format', 'json'], {
      cwd: '__fixtures__/rules',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((done) => child.once('close', done));
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });
});
