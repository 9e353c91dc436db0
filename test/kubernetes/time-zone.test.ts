import { expect, test } from '@jest/globals';
import { isTimeZone } from '../../src/kubernetes/time-zone.ts';

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Etc/UTC', true],
  ['UTC', true],
  ['europe/berlin', false],
  ['Local', false],
  ['CEST', false],
  ['+02:00', false],
])('%s is a time zone: %s', (name, expected) => expect(isTimeZone(name)).toBe(expected));
