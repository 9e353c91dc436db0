/** CRC-32 of ASCII text as IEEE 802.3 and zlib have it, as an unsigned number. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const digits62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number in base 62 (`0-9A-Za-z`), filled up with zeros to `length` digits. */
export function base62(number: number, length: number): string {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) text = `${digits62[rest % 62]}${text}`;
  return text.padStart(length, '0');
}

const digits32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether the checksum of a Bech32 text (BIP 173) in one case is right. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  const one = lower.lastIndexOf('1');
  const data = Array.from(lower.slice(one + 1), (digit) => digits32.indexOf(digit));
  if (one < 1 || data.length < 6 || data.includes(-1)) return false;
  const prefix = Array.from(lower.slice(0, one), (letter) => letter.charCodeAt(0));
  const values = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data];
  return values.reduce(nextPolymod, 1) === 1;
}

function nextPolymod(sum: number, value: number): number {
  const top = sum >>> 25;
  const next = ((sum & 0x1ffffff) << 5) ^ value;
  return generators.reduce((all, generator, bit) => ((top >> bit) & 1 ? all ^ generator : all), next);
}
