import { expect, test } from '@jest/globals';
import { isTestData, isTestDirectory } from '../../src/kubernetes/test-directory.ts';

test.each<[string, boolean]>([
  ['policies/quota/.chainsaw-test/resources', true],
  ['tests/e2e/step', true],
  ['pkg/diff/testdata', true],
  ['cmd/_testdata/apply', true],
  ['kuttl', true],
  // An environment.
  ['overlays/test', false],
  ['apps/contests', false],
  ['.', false],
])('%s: %s', (path, expected) => {
  expect(isTestDirectory(path)).toBe(expected);
});

test('charts and overlays are made to be applied, wherever they are', () => {
  expect(isTestData({ kind: 'manifests', name: 'tests/a' })).toBe(true);
  expect(isTestData({ kind: 'chart', name: 'tests/a' })).toBe(false);
});
