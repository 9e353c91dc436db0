import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { hasLabels, isEmptySelector, labelsAt, matchesSelector } from '../../src/kubernetes/selector.ts';

const labels = labelsAt(new Field({ app: 'web', tier: 'front' }));
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('labelsAt', () => {
  test.each([
    [{ a: 'x' }, [['a', 'x']]],
    [
      { a: 1, b: true, c: null, d: {}, e: [] },
      [
        ['a', '1'],
        ['b', 'true'],
      ],
    ],
    [undefined, []],
    ['text', []],
    [['a'], []],
  ])('%j', (value, expected) => {
    expect([...labelsAt(new Field(value))]).toEqual(expected);
  });
});

describe('hasLabels', () => {
  test.each([
    [{}, true],
    [{ app: 'web' }, true],
    [{ app: 'web', tier: 'front' }, true],
    [{ app: 'web', tier: 'back' }, false],
    [{ release: 'web' }, false],
  ])('%j', (wanted, expected) => {
    expect(hasLabels(labels, labelsAt(new Field(wanted)))).toBe(expected);
  });
});

describe('matchesSelector', () => {
  test.each<[unknown, boolean]>([
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'api' } }, false],
    [expression('app', 'In', 'api', 'web'), true],
    [expression('app', 'In', 'api'), false],
    [expression('gone', 'In', 'api'), false],
    [expression('app', 'NotIn', 'api'), true],
    [expression('app', 'NotIn', 'api', 'web'), false],
    [expression('gone', 'NotIn', 'api'), true],
    [expression('app', 'Exists'), true],
    [expression('gone', 'Exists'), false],
    [expression('app', 'DoesNotExist'), false],
    [expression('gone', 'DoesNotExist'), true],
    [expression('app', 'Gt', '1'), false],
    [{ matchLabels: { app: 'web' }, ...expression('tier', 'In', 'back') }, false],
    [{ matchLabels: { app: 'web' }, ...expression('tier', 'In', 'front') }, true],
    [{ matchExpressions: [null] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: 'web' }] }, false],
  ])('%j', (selector, expected) => {
    expect(matchesSelector(new Field(selector), labels)).toBe(expected);
  });
});

describe('isEmptySelector', () => {
  test.each<[unknown, boolean]>([
    [undefined, true],
    [null, true],
    [{}, true],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [{ matchLabels: { app: 'web' } }, false],
    [expression('app', 'Exists'), false],
  ])('%j', (selector, expected) => {
    expect(isEmptySelector(new Field(selector))).toBe(expected);
  });
});
