import { isObject } from '../field.ts';

/** Something that a value must be. */
export interface Demand {
  readonly kind: 'type' | 'format' | 'value';
  /** What the value must be, with its article: `an integer`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** Whether a value is a whole number. `3.0` is, since JSON has it as `3`; numbers above 2^53 are bigint. */
function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

export function isInt32(value: unknown): boolean {
  return isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function isInt64(value: unknown): boolean {
  return isInteger(value) && value >= -(2n ** 63n) && value < 2n ** 63n;
}

/** RFC 3339, as Go reads it for `metav1.Time` and `metav1.MicroTime`. */
export function isDateTime(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  return isString(value) && form.test(value) && !Number.isNaN(Date.parse(value));
}

/** Padded standard base64; Go's decoder skips line breaks. */
export function isBase64(value: unknown): boolean {
  if (!isString(value)) return false;
  const dense = value.replace(/[\r\n]/g, '');
  return dense.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(dense);
}

/** `resource.Quantity`: a decimal number, or one with a binary, decimal or exponent suffix as a string. */
function isQuantity(value: unknown): boolean {
  const form = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
  return isNumber(value) || (isString(value) && form.test(value.trim()));
}

const string: Demand = { kind: 'type', expected: 'a string', accepts: isString };
const integer: Demand = { kind: 'type', expected: 'an integer', accepts: isInteger };
const int32Range = 'an integer from -2147483648 to 2147483647';
const quantity = 'a quantity, such as 500m or 1Gi';

/** What the scalar types of the built-in kinds demand; the first demand that is not met is what is wrong. */
export const leaves: Readonly<Record<string, readonly Demand[]>> = {
  any: [],
  object: [{ kind: 'type', expected: 'an object', accepts: isObject }],
  boolean: [{ kind: 'type', expected: 'a boolean', accepts: (value) => typeof value === 'boolean' }],
  string: [string],
  number: [{ kind: 'type', expected: 'a number', accepts: isNumber }],
  int32: [integer, { kind: 'value', expected: int32Range, accepts: isInt32 }],
  int64: [integer, { kind: 'value', expected: 'an integer of 64 bits', accepts: isInt64 }],
  'int-or-string': [
    {
      kind: 'type',
      expected: 'an integer or a string',
      accepts: (value) => isString(value) || isInteger(value),
    },
    { kind: 'value', expected: int32Range, accepts: (value) => isString(value) || isInt32(value) },
  ],
  quantity: [
    { kind: 'type', expected: quantity, accepts: (value) => isString(value) || isNumber(value) },
    { kind: 'format', expected: quantity, accepts: isQuantity },
  ],
  byte: [string, { kind: 'format', expected: 'base64 text', accepts: isBase64 }],
  'date-time': [
    string,
    { kind: 'format', expected: 'a time, such as 2006-01-02T15:04:05Z', accepts: isDateTime },
  ],
};

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
