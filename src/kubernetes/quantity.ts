/**
 * A resource quantity in billionths of its unit (nano-bytes, nano-cores), exactly; undefined when it is none.
 * As the API server does, what is finer than a billionth is rounded away from zero and what is larger than
 * 2^63-1 units is capped. Grammar: k8s.io/apimachinery/pkg/api/resource, Quantity.
 */
export function parseQuantity(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const text = String(value);
  const match = text.length > maxLength ? null : quantityPattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  let size: bigint;
  if (exponent === undefined) {
    const unit = units.get(suffix);
    if (unit === undefined) return undefined;
    size = fraction === '' ? digits * unit : dividedUp(digits * unit, 10n ** BigInt(fraction.length));
  } else {
    if (suffix !== '') return undefined;
    size = scaled(digits, Number(exponent) - fraction.length + 9);
  }
  if (size > largest) size = largest;
  return sign === '-' ? -size : size;
}

/** Longer texts are no quantity that a person wrote. */
const maxLength = 64;
const quantityPattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]*?)(?:[eE]([+-]?[0-9]+))?$/;

const one = 10n ** 9n;

/** Suffixes in billionths. */
const units: ReadonlyMap<string, bigint> = new Map([
  ['n', 1n],
  ['u', 10n ** 3n],
  ['m', 10n ** 6n],
  ['', one],
  ['k', one * 10n ** 3n],
  ['M', one * 10n ** 6n],
  ['G', one * 10n ** 9n],
  ['T', one * 10n ** 12n],
  ['P', one * 10n ** 15n],
  ['E', one * 10n ** 18n],
  ['Ki', one * 2n ** 10n],
  ['Mi', one * 2n ** 20n],
  ['Gi', one * 2n ** 30n],
  ['Ti', one * 2n ** 40n],
  ['Pi', one * 2n ** 50n],
  ['Ei', one * 2n ** 60n],
]);

const largest = (2n ** 63n - 1n) * one;

/** `digits` × 10^`power`; of what is far too large or too small to matter, an amount that is as well. */
function scaled(digits: bigint, power: number): bigint {
  if (digits === 0n) return 0n;
  if (power > 2 * maxLength) return largest;
  if (power < -2 * maxLength) return 1n;
  return power >= 0 ? digits * 10n ** BigInt(power) : dividedUp(digits, 10n ** BigInt(-power));
}

function dividedUp(size: bigint, by: bigint): bigint {
  return (size + by - 1n) / by;
}
