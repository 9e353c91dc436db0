import { describe, expect, test } from '@jest/globals';
import { base62, crc32, isBech32 } from '../../src/kubernetes/checksum.ts';

test('CRC-32 has its check value', () => {
  expect(crc32('123456789')).toBe(0xcbf43926);
  expect(crc32('')).toBe(0);
});

test.each([
  [0, '000000'],
  [61, '00000z'],
  [62, '000010'],
  [0xffffffff, '4gfFC3'],
])('%d in base 62 is %s', (number, text) => {
  expect(base62(number, 6)).toBe(text);
});

describe('the examples of BIP 173', () => {
  test.each([
    'A12UEL5L',
    'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
    'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
  ])('%s is valid', (text) => {
    expect(isBech32(text)).toBe(true);
  });

  test.each(['A12UEL5M', '10a06t8', '1qzzfhee', 'split1cheo2y9e2w', 'x1b4n0q5v', ''])('%j is not', (text) => {
    expect(isBech32(text)).toBe(false);
  });
});
