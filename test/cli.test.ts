import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

// The command as users have it: dist/cli.js, without node_modules.
const cli = resolve('dist/cli.js');
/** Not the root of the repository, whose config leaves the fixtures out. */
const fixtures = resolve('__fixtures__/rules');

test('checks with no install', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'check', '__fixtures__/rules/pod/privileged'],
    {
      encoding: 'utf8',
    },
  );
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toContain('critical');
});

test('needs nothing beside dist/', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'plimsoll-'));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'check'], {
      cwd: elsewhere,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'No Kubernetes manifests found in 0 files.\n',
      stderr: '',
    });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test('a reader that stops early gets no stack trace', async () => {
  const child = spawn(process.execPath, [cli, 'check', '--format', 'json'], {
    cwd: fixtures,
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
