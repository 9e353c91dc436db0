import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDirectory } from '../../src/files/disk.ts';
import { commitAll, git, link, scratch, write } from './repository.ts';

/** Path to kind, or to the reason of what is unreadable. */
async function listing(directory: string): Promise<Record<string, string>> {
  const entries = await (await openDirectory(directory)).list();
  return Object.fromEntries(entries.map(({ path, kind, reason }) => [path, reason ?? kind]));
}

async function text(directory: string, path: string): Promise<string> {
  return Buffer.from(await (await openDirectory(directory)).read(path)).toString();
}

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

describe('a directory in a git work tree', () => {
  test('has the tracked files and the untracked ones that git does not ignore', async () => {
    const root = scratch();
    write(root, { '.gitignore': '*.log\n/build/\n', 'a.yaml': '', 'deleted.yaml': '', 'kept.log': '' });
    git(root, 'init', '--quiet');
    git(root, 'add', '--force', '.');
    write(root, { 'new.yaml': '', 'new.log': '', 'build/out.yaml': '' });
    rmSync(join(root, 'deleted.yaml'));
    expect(await listing(root)).toEqual({
      '.gitignore': 'file',
      'a.yaml': 'file',
      'kept.log': 'file',
      'new.yaml': 'file',
    });
  });

  test('has paths relative to the directory that was named', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'ignored.yaml', 'top.yaml': '', 'sub/a.yaml': 'a', 'sub/ignored.yaml': '' });
    commitAll(root);
    write(root, { 'sub/deep/b.yaml': '' });
    link(root, { 'sub/top': '../top.yaml' });
    expect(await listing(join(root, 'sub'))).toEqual({
      'a.yaml': 'file',
      'deep/b.yaml': 'file',
      top: 'symbolic link that leaves the directory being checked',
    });
    expect(await text(join(root, 'sub'), 'a.yaml')).toBe('a');
  });

  test('has everything when the directory that was named is itself ignored', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'rendered/', 'rendered/a.yaml': '' });
    git(root, 'init', '--quiet');
    expect(await listing(join(root, 'rendered'))).toEqual({ 'a.yaml': 'file' });
  });

  test('is empty without commits and files', async () => {
    const root = scratch();
    git(root, 'init', '--quiet');
    expect(await listing(root)).toEqual({});
  });

  test('names the submodules and the repositories inside, and does not enter them', async () => {
    const root = scratch();
    write(root, { 'a.yaml': '', 'nested/b.yaml': '', 'gone/c.yaml': '' });
    commitAll(join(root, 'nested'));
    commitAll(join(root, 'gone'));
    git(root, 'init', '--quiet');
    git(root, '-c', 'advice.addEmbeddedRepo=false', 'add', 'gone');
    rmSync(join(root, 'gone'), { recursive: true });
    expect(await listing(root)).toEqual({
      'a.yaml': 'file',
      gone: 'git submodule',
      nested: 'nested git repository',
    });
  });

  test('has a file once that is in conflict', async () => {
    const root = scratch();
    write(root, { 'a.yaml': 'base' });
    commitAll(root);
    git(root, 'checkout', '--quiet', '-b', 'other');
    write(root, { 'a.yaml': 'theirs' });
    commitAll(root);
    git(root, 'checkout', '--quiet', 'main');
    write(root, { 'a.yaml': 'ours' });
    commitAll(root);
    expect(() => git(root, 'merge', 'other')).toThrow();
    const tree = await openDirectory(root);
    const size = readFileSync(join(root, 'a.yaml')).length;
    expect(await tree.list()).toEqual([{ path: 'a.yaml', kind: 'file', size }]);
  });

  test('has what took the place of a tracked file or directory', async () => {
    const root = scratch();
    write(root, { 'a.yaml': '', 'directory/b.yaml': '', 'directory/deep/c.yaml': '', 'pipe.yaml': '' });
    commitAll(root);
    const outside = scratch();
    write(outside, { 'b.yaml': 'secret', 'deep/c.yaml': 'secret' });
    for (const path of ['a.yaml', 'directory', 'pipe.yaml']) rmSync(join(root, path), { recursive: true });
    write(root, { 'a.yaml/c.yaml': '' });
    symlinkSync(outside, join(root, 'directory'));
    execFileSync('mkfifo', [join(root, 'pipe.yaml')]);
    expect(await listing(root)).toEqual({
      'a.yaml/c.yaml': 'file',
      directory: 'symbolic link that leaves the directory being checked',
      'pipe.yaml': 'named pipe',
    });
  });

  test('does not read through a link what git keeps from it', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'secret', secret: '', 'nested/a.yaml': '' });
    commitAll(root);
    git(join(root, 'nested'), 'init', '--quiet');
    link(root, { config: '.git/config', hidden: 'secret' });
    expect(await listing(root)).toMatchObject({
      config: 'symbolic link to an ignored or special file',
      hidden: 'symbolic link to an ignored or special file',
    });
  });

  test('keeps to the directory when the index names files outside', async () => {
    const directory = scratch();
    const root = join(directory, 'root');
    write(root, { 'xx/outside.yaml': '', 'yyyy/config': '' });
    write(directory, { 'outside.yaml': 'secret' });
    commitAll(root);
    const index = readFileSync(join(root, '.git/index'), 'latin1');
    const forged = index.replace('xx/outside.yaml', '../outside.yaml').replace('yyyy/config', '.git/config');
    writeFileSync(join(root, '.git/index'), forged, 'latin1');
    expect(git(root, 'ls-files')).toBe('../outside.yaml\n.git/config\n');
    expect(await listing(root)).toMatchObject({
      '../outside.yaml': 'path that git does not allow',
      '.git/config': 'path that git does not allow',
    });
  });

  test('runs no program that the configuration of the repository names', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'ran', 'a.yaml': '' });
    commitAll(root);
    const program = join(root, '.git/program');
    writeFileSync(program, `#!/bin/sh\ntouch '${root}/ran'\n`, { mode: 0o755 });
    git(root, 'config', 'core.fsmonitor', program);
    expect(await listing(root)).toEqual({ '.gitignore': 'file', 'a.yaml': 'file' });
    expect(existsSync(join(root, 'ran'))).toBe(false);
    git(root, 'status');
    expect(existsSync(join(root, 'ran'))).toBe(true);
  });

  test('may belong to somebody else', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'ignored', ignored: '' });
    commitAll(root);
    process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1';
    expect(() => git(root, 'ls-files')).toThrow('dubious ownership');
    expect(await listing(root)).toEqual({ '.gitignore': 'file' });
  });

  test.each(['GIT_DIR', 'GIT_INDEX_FILE'])('is not the one that a git hook names in %s', async (variable) => {
    const [root, other] = [scratch(), scratch()];
    write(root, { '.gitignore': '*', 'tracked.yaml': '' });
    git(root, 'init', '--quiet');
    git(root, 'add', '--force', 'tracked.yaml');
    write(other, { 'other.yaml': '' });
    commitAll(other);
    process.env[variable] = join(other, variable === 'GIT_DIR' ? '.git' : '.git/index');
    expect(await listing(root)).toEqual({ 'tracked.yaml': 'file' });
  });

  test('is not a bare repository that the directory pretends to be', async () => {
    const root = scratch();
    git(root, 'init', '--quiet', '--bare');
    git(root, 'config', 'core.bare', 'false');
    git(root, 'config', 'core.worktree', root);
    write(root, { 'info/exclude': 'hidden.yaml', 'hidden.yaml': '' });
    expect(git(root, 'ls-files', '--others', '--exclude-standard')).not.toContain('hidden.yaml');
    expect(await listing(root)).toMatchObject({ 'hidden.yaml': 'file' });
  });

  test('has tracked files in a directory that cannot be opened', async () => {
    const root = scratch();
    write(root, { 'closed/deep/a.yaml': '' });
    commitAll(root);
    chmodSync(root, 0o755);
    await withoutRights(join(root, 'closed'), async () => {
      expect(await listing(root)).toMatchObject({ 'closed/deep/a.yaml': 'permission denied' });
    });
  });

  test('is walked when git is not installed', async () => {
    const root = scratch();
    write(root, { '.gitignore': 'ignored', 'a/ignored': '' });
    commitAll(root);
    process.env.PATH = root;
    expect(await listing(root)).toEqual({ '.gitignore': 'file', 'a/ignored': 'file' });
  });
});

describe.each([{ inGit: true }, { inGit: false }])('a directory, in git: $inGit', ({ inGit }) => {
  /** A directory with one file, known to git or not. */
  function directory(): string {
    const root = scratch();
    write(root, { 'a.yaml': 'a' });
    if (inGit) commitAll(root);
    return root;
  }

  test('shows the bytes of a name that is not UTF-8', async () => {
    const root = directory();
    writeFileSync(Buffer.from(`${root}/caf\xE9.yaml`, 'latin1'), '');
    expect(await listing(root)).toEqual({
      'a.yaml': 'file',
      'caf\\xE9.yaml': 'name that is not valid UTF-8',
    });
  });

  test('has a directory that cannot be opened', async () => {
    const root = directory();
    write(root, { 'sub/closed\ndirectory/a.yaml': '', 'sub/a.yaml': '' });
    const closed = 'directory that cannot be opened (permission denied)';
    chmodSync(root, 0o755);
    await withoutRights(join(root, 'sub/closed\ndirectory'), async () => {
      expect(await listing(root)).toMatchObject({ 'sub/a.yaml': 'file', 'sub/closed\ndirectory': closed });
      expect(await listing(join(root, 'sub'))).toEqual({ 'a.yaml': 'file', 'closed\ndirectory': closed });
    });
  });

  test('has a file that cannot be opened', async () => {
    const root = directory();
    chmodSync(root, 0o755);
    await withoutRights(join(root, 'a.yaml'), async () => {
      expect(await listing(root)).toEqual({ 'a.yaml': 'file' });
      await expect(text(root, 'a.yaml')).rejects.toMatchObject({
        name: 'UnreadableFile',
        message: 'permission denied',
      });
    });
  });

  test('opens nothing that took the place of a file after it was listed', async () => {
    const root = directory();
    write(root, { pipe: '', link: '', gone: '', directory: '' });
    const tree = await openDirectory(root);
    for (const path of ['pipe', 'link', 'gone', 'directory']) rmSync(join(root, path));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    link(root, { link: 'a.yaml' });
    write(root, { 'directory/a.yaml': '' });
    const reasons = ['pipe', 'link', 'gone', 'directory'].map((path) =>
      tree.read(path).catch(({ message }) => message),
    );
    expect(await Promise.all(reasons)).toEqual([
      'named pipe',
      'symbolic link',
      'no such file or directory',
      'directory',
    ]);
  });

  test('may be named through a link', async () => {
    const root = directory();
    const other = scratch();
    symlinkSync(root, join(other, 'here'));
    link(root, { link: 'a.yaml' });
    expect(await listing(join(other, 'here'))).toEqual({ 'a.yaml': 'file', link: 'link' });
    expect((await openDirectory(join(other, 'here'))).name).toBe(join(other, 'here'));
  });
});

test('pipes, sockets and links to them are not opened', async () => {
  const root = scratch();
  execFileSync('mkfifo', [join(root, 'pipe')]);
  link(root, { link: 'pipe' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
  expect(await listing(root)).toEqual({
    link: 'symbolic link to an ignored or special file',
    pipe: 'named pipe',
    socket: 'socket',
  });
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  ['a file', 'file.yaml', 'not a directory'],
  ['nothing', 'nothing', 'no such file or directory'],
])('%s is not a directory', async (_what, path, reason) => {
  const root = scratch();
  write(root, { 'file.yaml': '' });
  await expect(openDirectory(join(root, path))).rejects.toMatchObject({
    name: 'UserError',
    message: `Cannot read directory ${join(root, path)}: ${reason}`,
  });
});

/** Runs `body` while nobody may open `path`: root, who may open everything, becomes another user meanwhile. */
async function withoutRights(path: string, body: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  chmodSync(path, 0);
  // Git refuses to run when it may not read the home directory.
  process.env.HOME = dirname(path);
  if (root) process.seteuid?.(65534);
  try {
    await body();
  } finally {
    if (root) process.seteuid?.(0);
    chmodSync(path, 0o755);
  }
}
