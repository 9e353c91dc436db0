/**
 * The value of a plain scalar as the API server reads it. kubectl and the API server convert YAML to JSON with
 * sigs.k8s.io/yaml, which resolves scalars by YAML 1.1 as its goyaml.v2 does (resolve.go): `yes`, `on` and `y` are
 * booleans, `0755` and `0o755` are octal, `1_000` is a number, dates and sexagesimal numbers stay strings.
 */
export function resolvePlain(text: string): string | number | bigint | boolean | null {
  const first = text.charCodeAt(0);
  // Digits, `+`, `-` and `.` can begin a number; every other word that is no string is in the table.
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)
    return resolveNumber(text);
  if (text.length > 5) return text;
  const word = words.get(text);
  return word === undefined ? text : word;
}

/** The value of a scalar with an explicit core tag such as `!!str`; unknown tags leave a string. */
export function resolveTagged(
  text: string,
  tag: string,
  plain: boolean,
): string | number | bigint | boolean | null {
  switch (tag) {
    case '!!int':
    case '!!float':
    case '!!bool':
    case '!!null':
      return resolvePlain(text);
    case '!!binary':
      return Buffer.from(text, 'base64').toString('latin1');
    case '!':
    case '!!str':
      return text;
    default:
      return plain ? resolvePlain(text) : text;
  }
}

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (w) => [w, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);

const decimalInteger = /^[-+]?(?:0|[1-9][0-9]*)$/;
const prefixedInteger = /^([-+]?)0(?:([xX])([0-9a-fA-F]+)|([bB])([01]+)|[oO]?([0-7]+))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const maxUint64 = 2n ** 64n - 1n;
const minInt64 = -(2n ** 63n);

function resolveNumber(text: string): string | number | bigint {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  if (decimalInteger.test(digits)) return integer(digits.startsWith('+') ? digits.slice(1) : digits);
  const prefixed = prefixedInteger.exec(digits);
  if (prefixed !== null) {
    const [, sign, , hex, , binary, octal] = prefixed;
    const magnitude = BigInt(
      hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : `0o${octal}`,
    );
    return small(sign === '-' ? -magnitude : magnitude);
  }
  if (float.test(digits)) return Number(digits);
  return text;
}

function integer(decimal: string): number | bigint {
  return decimal.length < 16 ? Number(decimal) : small(BigInt(decimal));
}

/** Integers that fit neither int64 nor uint64 become floats, those that a double holds exactly become numbers. */
function small(value: bigint): number | bigint {
  const asNumber = Number(value);
  if (Number.isSafeInteger(asNumber) || value > maxUint64 || value < minInt64) return asNumber;
  return value;
}
