import { expect, test } from '@jest/globals';
import { fitsName, PatternIndex } from '../../src/kubernetes/name-pattern.ts';

test.each<[string, string, boolean]>([
  ['gp3', 'gp3', true],
  ['gp3', 'gp32', false],
  ['managed-*', 'managed-premium', true],
  ['managed-*', 'managed', false],
  ['*-grafana', 'stack-grafana', true],
  ['*-grafana', 'grafana', false],
  ['*.orders.credentials*', 'web.orders.credentials.postgresql', true],
  ['*.orders.credentials*', 'web.invoices.credentials', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*bc*c', 'abc', false],
  ['a*b*c', 'a-b-c', true],
])('%s and %s: %s', (pattern, name, expected) => {
  expect(fitsName(pattern, name)).toBe(expected);
  if (!pattern.includes('*')) return;
  const index = new PatternIndex<string>();
  for (const each of ['other-*', pattern]) index.add(each, each);
  expect(index.find(name)).toEqual(expected ? [pattern] : []);
});
