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
  if (exponent !== undefined && suffix !== '') return undefined;
  const decimal = exponent === undefined ? decimalSuffixes.get(suffix) : Number(exponent);
  const binary = binarySuffixes.get(suffix);
  if (decimal === undefined && binary === undefined) return undefined;
  const power = (decimal ?? 0) - fraction.length + 9;
  const size = digits === 0n ? 0n : scaled(digits * 2n ** BigInt(binary ?? 0), power);
  return sign === '-' ? -size : size;
}

/** Longer texts are no quantity that a person wrote. */
const maxLength = 64;
const quantityPattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]*?)(?:[eE]([+-]?[0-9]+))?$/;

/** Powers of ten. */
const decimalSuffixes = new Map(
  Object.entries({ n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }),
);
/** Powers of two. */
const binarySuffixes = new Map(Object.entries({ Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }));

const largest = (2n ** 63n - 1n) * 10n ** 9n;

/** `digits` × 10^`power`, for `digits` > 0. */
function scaled(digits: bigint, power: number): bigint {
  if (power > 2 * maxLength) return largest;
  if (power < -2 * maxLength) return 1n;
  const size =
    power >= 0
      ? digits * 10n ** BigInt(power)
      : (digits + 10n ** BigInt(-power) - 1n) / 10n ** BigInt(-power);
  return size > largest ? largest : size;
}
