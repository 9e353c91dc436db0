import { describe, expect, test } from '@jest/globals';
import { minorOf, oldestSupportedMinor, supportOf } from '../../../src/kubernetes/control-plane/releases.ts';
import table from '../../../src/kubernetes/data/kubernetes-releases.json' with { type: 'json' };

test.each<[unknown, number | undefined]>([
  ['1.34', 34],
  ['v1.34.2', 34],
  ['v1.34.2+k3s1', 34],
  ['v1.34.0-rc.1', 34],
  ['1.33-gke.100', 33],
  ['stable-1.34', 34],
  ['1.30', 30],
  [1.31, 31],
  ['stable', undefined],
  ['2.1.0', undefined],
  ['latest', undefined],
  ['${KUBERNETES_VERSION}', undefined],
  [null, undefined],
])('minorOf(%p) is %p', (version, minor) => {
  expect(minorOf(version)).toBe(minor);
});

describe('the table', () => {
  test('has every release between its first and its last, in order', () => {
    const minors = table.releases.map(({ minor }) => minor);
    expect(minors).toEqual(minors.map((_, index) => (minors[0] ?? 0) + index));
    const ends = table.releases.map(({ endOfLife }) => endOfLife);
    expect([...ends].sort()).toEqual(ends);
  });

  test('draws the line at its own date', () => {
    expect(supportOf(oldestSupportedMinor, false)).toEqual({ status: 'supported' });
    expect(supportOf(oldestSupportedMinor - 1, false).status).toBe('ended');
    expect(supportOf(oldestSupportedMinor - 1, true).status).toBe('extended');
    expect(supportOf(29, true)).toEqual({ status: 'ended', since: '2026-03-23' });
    expect(supportOf(16, true)).toEqual({ status: 'ancient' });
    expect(supportOf(99, false)).toEqual({ status: 'supported' });
  });
});
