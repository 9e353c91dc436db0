import { expect, test } from '@jest/globals';
import { isHelmTest } from '../../src/kubernetes/helm-test.ts';
import { readObject } from '../../src/kubernetes/object.ts';

test.each<[unknown, boolean]>([
  ['test', true],
  ['test-success', true],
  ['test-failure, test', true],
  ['pre-install', false],
  ['test,post-install', false],
  ['', false],
  [true, false],
  [undefined, false],
])('%p', (hook, expected) => {
  const object = readObject({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', annotations: { 'helm.sh/hook': hook } },
  });
  expect(object && isHelmTest(object)).toBe(expected);
});
