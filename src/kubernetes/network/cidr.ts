/** The bits of an IP address. */
interface Address {
  readonly bits: bigint;
  /** 32 for IPv4, 128 for IPv6. */
  readonly length: 32 | 128;
}

/** Whether an IP address is in a block such as `10.0.0.0/8`; not when either cannot be read. A lone address is a block. */
export function containsAddress(cidr: string, address: string): boolean {
  const [base = '', mask] = cidr.trim().split('/');
  const block = readAddress(base);
  const inside = readAddress(address);
  if (block === undefined || inside === undefined || block.length !== inside.length) return false;
  const prefix = mask === undefined ? block.length : Number(mask);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > block.length) return false;
  const shift = BigInt(block.length - prefix);
  return block.bits >> shift === inside.bits >> shift;
}

/** Whether a block such as `0.0.0.0/0` or `::/0` holds every address of its family. */
export function isEveryAddress(cidr: unknown): boolean {
  if (typeof cidr !== 'string') return false;
  const [base = '', mask] = cidr.trim().split('/');
  return mask === '0' && readAddress(base) !== undefined;
}

/**
 * Blocks that nobody outside can reach: private use (RFC 1918, RFC 4193), shared by carriers (RFC 6598), loopback and
 * link-local.
 */
const privateBlocks: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/** Whether an address, a block, or a range such as `10.0.0.1-10.0.0.9` is for private use. */
export function isPrivateAddress(text: string): boolean {
  const first = text.trim().split(/[/-]/)[0] ?? '';
  return privateBlocks.some((block) => containsAddress(block, first));
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): Address | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256))
    return undefined;
  return { bits: join(bytes.map(Number), 8n), length: 32 };
}

function readIpv6(text: string): Address | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail] = halves;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length > 2 || given > 8 || (tail === undefined && given !== 8)) return undefined;
  const groups = [...head, ...new Array<string>(8 - given).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const numbers = groups.map((group) => Number.parseInt(group, 16));
  return { bits: join(numbers, 16n), length: 128 };
}

function join(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);
}
