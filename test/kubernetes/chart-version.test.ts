import { expect, test } from '@jest/globals';
import { isFloatingVersion } from '../../src/kubernetes/chart-version.ts';

test.each([
  ['1.2.3', false],
  ['v1.2.3', false],
  ['=1.2.3', false],
  ['1.2.3-rc.1+build.5', false],
  ['${VERSION}', false],
  ['{{ .version }}', false],
  [undefined, true],
  ['', true],
  ['*', true],
  ['1', true],
  ['1.2', true],
  ['1.2.x', true],
  ['^1.2.3', true],
  ['~1.2.3', true],
  ['>=1.2.3', true],
  ['1.2.3 - 2.0.0', true],
  ['1.2.3 || 2.0.0', true],
])('%j means more than one: %s', (version, expected) => {
  expect(isFloatingVersion(version)).toBe(expected);
});
