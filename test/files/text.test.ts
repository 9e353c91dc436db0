import { describe, expect, test } from '@jest/globals';
import { decodeText } from '../../src/files/text.ts';

const utf16 = (text: string, mark: number[]) => {
  const bytes = Buffer.from(text, 'utf16le');
  return Buffer.concat([Buffer.from(mark), mark[0] === 0xfe ? bytes.swap16() : bytes]);
};

describe('decodeText', () => {
  test.each<[name: string, bytes: Uint8Array, text: string]>([
    ['nothing', new Uint8Array(), ''],
    ['ASCII', Buffer.from('a: b\n'), 'a: b\n'],
    ['UTF-8', Buffer.from('é文\u{1F6A2}\uFFFD'), 'é文\u{1F6A2}\uFFFD'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFa: b'), 'a: b'],
    ['only the first mark', Buffer.from('\uFEFF\uFEFFa'), '\uFEFFa'],
    ['UTF-16LE', utf16('é\u{1F6A2}\r\n', [0xff, 0xfe]), 'é\u{1F6A2}\r\n'],
    ['UTF-16BE', utf16('é\u{1F6A2}\r\n', [0xfe, 0xff]), 'é\u{1F6A2}\r\n'],
    ['a part of a larger buffer', Buffer.from('xxa: bxx').subarray(2, 6), 'a: b'],
  ])('%s', (_name, bytes, text) => {
    expect(decodeText(bytes)).toEqual({ text });
  });

  test.each<[name: string, bytes: Uint8Array, problem: string]>([
    [
      'Latin-1',
      Buffer.from('a\r\nb: \xE9t\xE9\n', 'latin1'),
      'invalid UTF-8 (byte 0xE9 at offset 6, line 2)',
    ],
    ['a stray byte', Buffer.from([0x80]), 'invalid UTF-8 (byte 0x80 at offset 0, line 1)'],
    ['a cut sequence', Buffer.from([0x61, 0xe2, 0x82]), 'invalid UTF-8 (byte 0xE2 at offset 1, line 1)'],
    ['like U+FFFD', Buffer.from([0xef, 0xbf, 0x61]), 'invalid UTF-8 (byte 0xEF at offset 0, line 1)'],
    ['a surrogate', Buffer.from([0x0a, 0xed, 0xa0, 0x80]), 'invalid UTF-8 (byte 0xED at offset 1, line 2)'],
    ['an overlong slash', Buffer.from([0xc0, 0xaf]), 'invalid UTF-8 (byte 0xC0 at offset 0, line 1)'],
    [
      'behind a mark and a real U+FFFD',
      Buffer.concat([Buffer.from('\uFEFF\uFFFD\n文\uFFFD'), Buffer.from([0xff])]),
      'invalid UTF-8 (byte 0xFF at offset 13, line 2)',
    ],
    ['NUL', Buffer.from('a: b\nc: \0\n'), 'binary file (NUL in line 2)'],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'binary file'],
    ['UTF-16 without a mark', utf16('ab', []), 'binary file (NUL in line 1)'],
    ['UTF-16 with NUL', utf16('a\n\0', [0xff, 0xfe]), 'binary file (NUL in line 2)'],
    ['half a unit', Buffer.from([0xff, 0xfe, 0x61]), 'invalid UTF-16LE'],
    ['half a pair', Buffer.from([0xfe, 0xff, 0xd8, 0x3d]), 'invalid UTF-16BE'],
  ])('refuses %s', (_name, bytes, problem) => {
    expect(decodeText(bytes)).toEqual({ problem });
  });
});
