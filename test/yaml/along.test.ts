import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { find, markOf } from '../../src/yaml/find.ts';
import { defaultLimits } from '../../src/yaml/parse.ts';
import { readSimple, readSimplePath } from '../../src/yaml/simple.ts';
import type { YamlNode } from '../../src/yaml/tree.ts';
import { edited, generator } from '../random.ts';

type Path = readonly (string | number)[];

/** Every path of a tree, and for each map and list one that does not exist. */
function* pathsOf(node: YamlNode, path: Path = []): Generator<Path> {
  yield path;
  if (node.type === 'map') {
    yield [...path, 'missing', 'below'];
    for (const { name, value } of node.entries) yield* pathsOf(value, [...path, name]);
  }
  if (node.type === 'seq') {
    yield [...path, node.items.length];
    for (const [index, item] of node.items.entries()) yield* pathsOf(item, [...path, index]);
  }
}

/** What is marked differently along a path than in the whole tree. */
function differences(text: string): string[] {
  const documents = readSimple(text, defaultLimits.depth) ?? [];
  return documents.flatMap(({ root, start }) =>
    [...pathsOf(root)].flatMap((path) => {
      const mark = (tree: YamlNode) => JSON.stringify(markOf(find(tree, path), text));
      const [whole, along] = [mark(root), mark(readSimplePath(text, start, path) ?? root)];
      return whole === along
        ? []
        : [`${JSON.stringify(path)}: ${whole} is not ${along} in ${JSON.stringify(text)}`];
    }),
  );
}

test('a path to what is there, or to what a map lacks, needs no whole tree', () => {
  const text = 'spec:\n  containers:\n    - name: a\n    - name: b\n';
  const found = (path: Path) => readSimplePath(text, 0, path) !== undefined;
  expect(found(['spec', 'containers', 1, 'securityContext'])).toBe(true);
  expect(found(['spec', 'missing'])).toBe(true);
  expect(found(['spec', 'containers', 2])).toBe(false);
});

describe('a tree along a path marks what the whole tree marks', () => {
  test('on all fixtures', () => {
    const files = readdirSync('__fixtures__', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.ya?ml$/.test(file),
    );
    expect(files.flatMap((file) => differences(readFileSync(join('__fixtures__', file), 'utf8')))).toEqual(
      [],
    );
  });

  test('on texts with seeded edits', () => {
    const seed = [
      'kind: Pod # c\nspec:\n  containers:\n  - name: app\n    args: ["-v", a]\n    env:\n      - {name: a, value: b}\n',
      '    text: |\n      # no comment\n      - no: dash\n\n    more:\n    - x\n\n    # between\n    - y: 1\n      z: >-\n',
      '        folded\n        text\n    long: a plain\n      text\n  - image: b\nlist:\n- a\n-\n  b: c\nnull:\n---\nnext: {a: [1]}\n',
    ].join('');
    const pieces = ['\n', ' ', '- ', '# ', ': ', 'a', '---\n', '"x"', '|', '{}', '[]', '  '];
    const random = generator(8);
    const found: string[] = [];
    let read = 0;
    for (let round = 0; round < 3_000; round++) {
      const text = edited(seed, 3, pieces, random);
      if (readSimple(text, defaultLimits.depth) !== undefined) read++;
      found.push(...differences(text));
    }
    expect(found.slice(0, 3)).toEqual([]);
    expect(read).toBeGreaterThan(300);
  });
});
