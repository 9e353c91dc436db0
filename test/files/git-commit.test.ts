import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { openCommit } from '../../src/files/git-commit.ts';
import { commitAll, git, link, scratch, write } from './repository.ts';

async function listing(repository: string, revision = 'HEAD'): Promise<Record<string, string>> {
  const tree = await openCommit(repository, revision);
  const entries = await tree.list();
  await tree.close();
  return Object.fromEntries(entries.map(({ path, kind, reason }) => [path, reason ?? kind]));
}

function repository(files: Readonly<Record<string, string>>): string {
  const root = scratch();
  write(root, files);
  commitAll(root);
  return root;
}

describe('a commit', () => {
  test('is read as it was, whatever the work tree holds now', async () => {
    const root = repository({ 'a.yaml': 'before' });
    git(root, 'tag', 'v1');
    write(root, { 'a.yaml': 'after', 'b.yaml': '' });
    commitAll(root);
    rmSync(join(root, 'a.yaml'));
    const tree = await openCommit(root, 'v1');
    expect(tree.name).toBe('v1');
    expect(await tree.list()).toEqual([{ path: 'a.yaml', kind: 'file', size: 6 }]);
    expect(Buffer.from(await tree.read('a.yaml')).toString()).toBe('before');
    await tree.close();
  });

  test('has paths relative to the directory that was named', async () => {
    const root = repository({ 'top.yaml': '', 'sub/a.yaml': '' });
    link(root, { 'sub/top': '../top.yaml' });
    commitAll(root);
    expect(await listing(join(root, 'sub'))).toEqual({
      'a.yaml': 'file',
      top: 'symbolic link that leaves the directory being checked',
    });
  });

  test('is read from a bare repository', async () => {
    const bare = join(scratch(), 'bare');
    git(repository({ 'a.yaml': '' }), 'clone', '--quiet', '--bare', '.', bare);
    expect(await listing(bare)).toEqual({ 'a.yaml': 'file' });
  });

  test('may be empty', async () => {
    expect(await listing(repository({}))).toEqual({});
  });

  test('names submodules, and links to them', async () => {
    const root = scratch();
    write(root, { 'module/a.yaml': '' });
    commitAll(join(root, 'module'));
    link(root, { link: 'module/a.yaml' });
    git(root, 'init', '--quiet');
    git(root, '-c', 'advice.addEmbeddedRepo=false', 'add', '.');
    git(root, 'commit', '--quiet', '--message', 'module');
    expect(await listing(root)).toEqual({ link: 'symbolic link to nothing', module: 'git submodule' });
  });

  test('shows the bytes of a name that is not UTF-8', async () => {
    const root = scratch();
    writeFileSync(Buffer.from(`${root}/caf\xE9.yaml`, 'latin1'), '');
    commitAll(root);
    expect(await listing(root)).toEqual({ 'caf\\xE9.yaml': 'name that is not valid UTF-8' });
  });

  test('has no paths out of the tree, even when it was written by hand', async () => {
    const root = repository({ 'a.yaml': '' });
    const blob = git(root, 'rev-parse', 'HEAD:a.yaml').trim();
    const tree = execFileSync('git', ['-C', root, 'mktree'], { input: `100644 blob ${blob}\t..\n` });
    expect(await listing(root, tree.toString().trim())).toEqual({ '..': 'path that git does not allow' });
  });

  test.each([40, 41])('with a chain of %d links', async (length) => {
    const root = scratch();
    write(root, { 'link-0': 'end' });
    const links = Array.from({ length }, (_, index) => [`link-${index + 1}`, `link-${index}`]);
    link(root, Object.fromEntries(links));
    commitAll(root);
    expect((await listing(root))[`link-${length}`]).toBe(
      length > 40 ? 'symbolic link that leads to itself' : 'link',
    );
  });

  test('ends git when it is closed', async () => {
    const tree = await openCommit(repository({ 'a.yaml': 'a' }), 'HEAD');
    expect(Buffer.from(await tree.read('a.yaml')).toString()).toBe('a');
    await tree.close();
    await expect(tree.read('a.yaml')).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: 'content that git cannot read',
    });
  });
});

test('a read that is under way when the tree is closed fails', async () => {
  const tree = await openCommit(repository({ 'a.yaml': 'a' }), 'HEAD');
  const read = expect(tree.read('a.yaml')).rejects.toMatchObject({ name: 'UnreadableFile' });
  await tree.close();
  await read;
});

test.each(['GIT_DIR', 'GIT_OBJECT_DIRECTORY'])(
  'the repository is not what a hook names in %s',
  async (name) => {
    const root = repository({ 'a.yaml': '' });
    process.env[name] = join(repository({}), name === 'GIT_DIR' ? '.git' : '.git/objects');
    try {
      expect(await listing(root)).toEqual({ 'a.yaml': 'file' });
    } finally {
      delete process.env[name];
    }
  },
);

describe('a blob that the repository lacks', () => {
  function forget(root: string, path: string): void {
    const id = git(root, 'rev-parse', `HEAD:${path}`).trim();
    rmSync(join(root, '.git/objects', id.slice(0, 2), id.slice(2)));
  }

  test('is unreadable', async () => {
    const root = repository({ 'a.yaml': 'a', 'b.yaml': 'b' });
    forget(root, 'a.yaml');
    expect(await listing(root)).toEqual({ 'a.yaml': 'content that is not in this clone', 'b.yaml': 'file' });
  });

  test('fails alone when it goes after it was listed', async () => {
    const root = repository({ 'a.yaml': 'a', 'b.yaml': 'b' });
    const tree = await openCommit(root, 'HEAD');
    forget(root, 'a.yaml');
    const [gone, there] = [tree.read('a.yaml'), tree.read('b.yaml')];
    await expect(gone).rejects.toMatchObject({ message: 'content that git cannot read' });
    expect(Buffer.from(await there).toString()).toBe('b');
    await tree.close();
  });

  test('is not fetched into a partial clone', async () => {
    const origin = repository({ 'a.yaml': 'a' });
    git(origin, 'config', 'uploadpack.allowFilter', 'true');
    const clone = join(scratch(), 'clone');
    git(origin, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin}`, clone);
    const objects = () => git(clone, 'cat-file', '--batch-all-objects', '--batch-check');
    const before = objects();
    // Git before 2.45 does not go on without the blob.
    const outcome = await listing(clone).catch((error: UserError) => error.message);
    expect(JSON.stringify(outcome)).toMatch(/content that is not in this clone|could not fetch/);
    expect(objects()).toBe(before);
    git(clone, 'show', 'HEAD:a.yaml');
    expect(objects()).not.toBe(before);
  });
});

test.each([
  ['an unknown revision', 'nothing', 'Not a valid object name nothing'],
  ['an empty revision', '', 'Not a valid object name'],
  ['an option', '--help', 'Not a valid object name --help'],
  ['a file', 'HEAD:a.yaml', 'not a tree object'],
])('%s is an error of the user', async (_what, revision, reason) => {
  const root = repository({ 'a.yaml': '' });
  const failure = openCommit(root, revision);
  await expect(failure).rejects.toBeInstanceOf(UserError);
  await expect(failure).rejects.toMatchObject({
    message: `Cannot read revision ${revision}: ${reason}`,
    where: root,
    todo: expect.stringContaining('fetch-depth: 0'),
  });
});

test.each([
  ['without commits', (root: string) => git(root, 'init', '--quiet'), 'Not a valid object name HEAD'],
  ['without git', () => '', 'not a git repository (or any of the parent directories): .git'],
])('a directory %s has no revision', async (_what, prepare, reason) => {
  const root = scratch();
  prepare(root);
  await expect(openCommit(root, 'HEAD')).rejects.toMatchObject({
    name: 'UserError',
    message: `Cannot read revision HEAD: ${reason}`,
  });
});
