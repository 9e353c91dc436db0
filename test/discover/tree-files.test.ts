import { describe, expect, test } from '@jest/globals';
import { TreeFiles } from '../../src/discover/tree-files.ts';
import { memoryTree } from '../../src/files/memory.ts';

describe('hasDirectory', () => {
  test.each([
    ['.', true],
    ['apps', true],
    ['apps/shop', true],
    ['apps/shop/a.yaml', false],
    ['app', false],
    ['apps/other', false],
    ['', false],
  ])('%j: %s', async (path, expected) => {
    const tree = memoryTree({ 'apps/shop/a.yaml': '', 'b.yaml': '' });
    const files = new TreeFiles(tree, await tree.list(), 1000);
    expect(files.hasDirectory(path)).toBe(expected);
  });
});
