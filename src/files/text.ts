import { LineIndex } from './lines.ts';

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark. The mark is not part of the text, so that offset 0
 * is the first character after it. `problem` is a sentence part that fits after the file's name: the bytes are not
 * text. It counts bytes from 0 and lines from 1.
 */
export function decodeText(bytes: Uint8Array): { text: string } | { problem: string } {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const zero = text.indexOf('\0');
    return zero === -1 ? { text } : { problem: `binary file (NUL in line ${lineAt(text, zero)})` };
  } catch {
    if (encoding !== 'utf-8') return { problem: `invalid ${encoding.toUpperCase()}` };
    return { problem: bytes.includes(0) ? 'binary file' : invalidUtf8(bytes) };
  }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const first = bytes[0];
  const second = bytes[1];
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function invalidUtf8(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // The decoder writes U+FFFD for what is invalid. The first one that the file itself does not have is the place.
  let offset = 0;
  let end = 0;
  for (let start = 0; ; start = end + 1, offset += 3) {
    end = text.indexOf('\uFFFD', start);
    offset += Buffer.byteLength(text.slice(start, end));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) break;
  }
  const byte = bytes[offset]?.toString(16).toUpperCase();
  return `invalid UTF-8 (byte 0x${byte} at offset ${offset}, line ${lineAt(text, end)})`;
}

function lineAt(text: string, offset: number): number {
  return new LineIndex(text).position(offset).line;
}
