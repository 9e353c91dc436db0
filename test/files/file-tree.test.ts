import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectory } from '../../src/files/disk.ts';
import type { FileTree } from '../../src/files/file-tree.ts';
import { openCommit } from '../../src/files/git-commit.ts';
import { memoryTree } from '../../src/files/memory.ts';
import { commitAll, git, link, scratch, write } from './repository.ts';

const everyByte = Uint8Array.from({ length: 1024 }, (_, index) => index);

const files: Record<string, string | Uint8Array> = {
  'a.yaml': 'kind: List\n',
  'a/b.yaml': 'kind: Pod\r\n',
  'a/deep/c.yaml': 'no newline at the end',
  'a-b.yaml': '\uFEFFkind: Pod\n',
  'Upper.yaml': 'sorts before a lower-case letter\n',
  'empty.yaml': '',
  'every-byte.bin': everyByte,
  'large.bin': Buffer.alloc(300_000, 'x'),
  'like git.yaml': 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 blob 12\n',
  'new\nline.yaml': 'newline',
  '::error::x': 'workflow command',
  '%0A.yaml': 'percent',
  'back\\slash.yaml': 'backslash',
  '"quoted\ttab".yaml': 'what git would quote',
  '-dash.yaml': 'dash',
  '? x.yaml': 'looks like what git prints of an untracked file',
  'H 100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\tx.yaml':
    'looks like what git prints of a tracked file',
  'ünïcödé/文件.yaml': 'UTF-8',
  'replacement \uFFFD.yaml': 'valid UTF-8',
  'private \uE000.yaml': 'sorts after a surrogate pair in code units',
  'pair \u{1F6A2}.yaml': 'ship',
  ['__proto__']: 'not a prototype',
  constructor: 'not inherited',
};
/** Path, target, and the file that it ends at or why it is not read. */
const links: [path: string, target: string, end: { file: string } | { reason: string }][] = [
  ['to-file', 'a.yaml', { file: 'a.yaml' }],
  ['a/up', '../a.yaml', { file: 'a.yaml' }],
  ['a/chain', 'up', { file: 'a.yaml' }],
  ['with-dots', './a//./deep/../b.yaml', { file: 'a/b.yaml' }],
  ['to-directory', 'a/deep', { reason: 'symbolic link to a directory' }],
  ['to-root', '.', { reason: 'symbolic link to a directory' }],
  ['through-directory', 'to-directory/c.yaml', { file: 'a/deep/c.yaml' }],
  ['above-directory', 'to-directory/../b.yaml', { file: 'a/b.yaml' }],
  ['to-nothing', 'nothing.yaml', { reason: 'symbolic link to nothing' }],
  ['below-nothing', 'nothing/../a.yaml', { reason: 'symbolic link to nothing' }],
  ['below-file', 'a.yaml/b', { reason: 'symbolic link to nothing' }],
  ['file-with-slash', 'a.yaml/', { reason: 'symbolic link to nothing' }],
  ['self', 'self', { reason: 'symbolic link that leads to itself' }],
  ['ping', 'pong', { reason: 'symbolic link that leads to itself' }],
  ['pong', 'a/../ping', { reason: 'symbolic link that leads to itself' }],
  ['outside', '../outside.yaml', { reason: 'symbolic link that leaves the directory being checked' }],
  ['absolute', '/etc/passwd', { reason: 'symbolic link that leaves the directory being checked' }],
  ['outside-chain', 'a/../outside', { reason: 'symbolic link that leaves the directory being checked' }],
];

/** A character for each byte, which is quick to compare. */
function text(content: string | Uint8Array): string {
  return Buffer.from(content).toString('latin1');
}

/** Lays the files and links of a tree. */
function lay(directory: string): string {
  const root = join(directory, 'root');
  writeFileSync(join(directory, 'outside.yaml'), 'secret');
  write(root, files);
  link(root, Object.fromEntries(links));
  return root;
}

interface Kind {
  readonly kind: string;
  readonly open: (directory: string) => FileTree | Promise<FileTree>;
}

const kindsWithLinks: Kind[] = [
  { kind: 'directory without git', open: (directory) => openDirectory(lay(directory)) },
  {
    kind: 'directory of untracked files',
    open: (directory) => {
      const root = lay(directory);
      git(root, 'init', '--quiet');
      return openDirectory(root);
    },
  },
  {
    kind: 'directory of tracked files',
    open: (directory) => {
      const root = lay(directory);
      commitAll(root);
      return openDirectory(root);
    },
  },
  {
    kind: 'commit',
    open: (directory) => {
      const root = lay(directory);
      commitAll(root);
      return openCommit(root, 'HEAD');
    },
  },
];

const kinds: Kind[] = [...kindsWithLinks, { kind: 'memory', open: () => memoryTree(files) }];

describe.each(kinds)('$kind', ({ open }) => {
  const directory = scratch();
  let tree: FileTree;
  beforeAll(async () => {
    tree = await open(directory);
  });
  afterAll(() => tree.close());

  test('lists every file with its size, sorted by UTF-16 code units', async () => {
    const listed = (await tree.list()).filter(({ kind }) => kind === 'file');
    const expected = Object.entries(files).map(([path, content]) => ({
      path,
      kind: 'file',
      size: text(content).length,
    }));
    expect(listed).toEqual(expected.sort((a, b) => (a.path < b.path ? -1 : 1)));
  });

  test('reads every file', async () => {
    for (const [path, content] of Object.entries(files))
      expect([path, text(await tree.read(path))]).toEqual([path, text(content)]);
  });

  test('gives each of many reads its own bytes', async () => {
    const paths = Object.keys(files).flatMap((path) => [path, path, 'missing']);
    const read = paths.map((path) => tree.read(path).then(text, () => 'unreadable'));
    const expected = paths.map((path) => (path === 'missing' ? 'unreadable' : text(files[path] ?? '?')));
    expect(await Promise.all(read)).toEqual(expected);
  });

  test.each([
    'missing',
    'a',
    'a/',
    '',
    '.',
    './a.yaml',
    '/etc/passwd',
    '../outside.yaml',
    'a/../a.yaml',
    'toString',
  ])('has no file %j', async (path) => {
    await expect(tree.read(path)).rejects.toMatchObject({
      name: 'UnreadableFile',
      message: 'no such file',
      path,
    });
  });
});

describe.each(kindsWithLinks)('links of a $kind', ({ open }) => {
  const directory = scratch();
  let tree: FileTree;
  beforeAll(async () => {
    tree = await open(directory);
  });
  afterAll(() => tree.close());

  test('are sorted among the files', async () => {
    const paths = (await tree.list()).map(({ path }) => path);
    expect(paths).toEqual([...Object.keys(files), ...links.map(([path]) => path)].sort());
  });

  test.each(links)('%s to %s', async (path, _target, end) => {
    const entry = (await tree.list()).find((candidate) => candidate.path === path);
    if ('file' in end) {
      const content = text(files[end.file] ?? '?');
      expect(entry).toEqual({ path, kind: 'link', size: content.length });
      expect(text(await tree.read(path))).toBe(content);
    } else {
      expect(entry).toEqual({ path, kind: 'unreadable', size: 0, reason: end.reason });
      await expect(tree.read(path)).rejects.toMatchObject({ name: 'UnreadableFile', message: end.reason });
    }
  });
});
