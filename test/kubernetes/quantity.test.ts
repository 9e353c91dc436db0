import { describe, expect, test } from '@jest/globals';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';

const unit = 10n ** 9n;
const largest = (2n ** 63n - 1n) * unit;

describe('parseQuantity', () => {
  test.each<[unknown, bigint]>([
    ['0', 0n],
    ['1', unit],
    [1, unit],
    [2n ** 60n, 2n ** 60n * unit],
    [0.5, unit / 2n],
    [1e21, largest],
    ['+1', unit],
    ['-1', -unit],
    ['1.', unit],
    ['.5', unit / 2n],
    ['1n', 1n],
    ['1u', 1000n],
    ['100m', unit / 10n],
    ['1k', 1000n * unit],
    ['1M', 10n ** 6n * unit],
    ['1E', 10n ** 18n * unit],
    ['1Ki', 1024n * unit],
    ['128Mi', 128n * 2n ** 20n * unit],
    ['0.5Gi', 2n ** 29n * unit],
    ['1Ei', 2n ** 60n * unit],
    ['1e3', 1000n * unit],
    ['1E3', 1000n * unit],
    ['1e-3', unit / 1000n],
    ['12.5e1', 125n * unit],
    // Exactly, where floating point would not be.
    ['0.1', 100_000_000n],
    ['9007199254740993', 9007199254740993n * unit],
    // Rounded away from zero, and capped.
    ['0.1n', 1n],
    ['-0.1n', -1n],
    ['1e-999999999', 1n],
    ['100E', largest],
    ['1e999999999', largest],
    ['0e999999999', 0n],
  ])('%j', (value, expected) => {
    expect(parseQuantity(value)).toBe(expected);
  });

  test.each([
    '',
    '.',
    'm',
    '1 Gi',
    '1gi',
    '1KI',
    '1mi',
    '1Mie3',
    '1e',
    '1e1.5',
    '0x10',
    '--1',
    '1constructor',
    '9'.repeat(65),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    null,
    undefined,
    {},
    [],
  ])('%j is no quantity', (value) => {
    expect(parseQuantity(value)).toBeUndefined();
  });
});
