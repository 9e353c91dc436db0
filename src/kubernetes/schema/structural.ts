import { Ajv, type ErrorObject } from 'ajv';
import { isObject, splitPointer } from '../field.ts';
import { isBase64, isDateTime, isInt32, isInt64 } from './leaf.ts';
import { compilePattern } from './pattern.ts';
import { mismatch, missing, notOneOf, type Path, pointerOf, type SchemaProblem, violation } from './problem.ts';
import type { Structural } from './prune.ts';

/**
 * Compiles the schema of a custom resource definition to a function that says what is wrong with a resource that was
 * pruned. Only keywords that the API server knows, and that are well formed, are used; `x-kubernetes-validations` are
 * not.
 * @throws Error of any kind when the schema cannot be compiled.
 */
export function compileStructural(schema: Structural): (value: unknown) => SchemaProblem[] {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    validateSchema: false,
    meta: false,
    logger: false,
    formats: Object.fromEntries(
      Object.entries(formats).map(([name, { type, accepts }]) => [name, { type, validate: accepts }]),
    ),
    code: { optimize: false, regExp: Object.assign(patternTest, { code: 'patternTest' }) },
  });
  const validate = ajv.compile(translate(schema));
  return (value) => (validate(value) ? [] : explain(validate.errors ?? [], value));
}

interface Format {
  readonly type: 'number' | 'string';
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** The formats that are checked. The API server knows more, and ignores all that it does not know. */
const formats: Readonly<Record<string, Format>> = {
  int32: { type: 'number', expected: 'an integer from -2147483648 to 2147483647', accepts: isInt32 },
  int64: { type: 'number', expected: 'an integer of 64 bits', accepts: isInt64 },
  byte: text('base64 text', isBase64),
  date: text('a date, such as 2006-01-02', (value) => isDateTime(`${value}T00:00:00Z`)),
  'date-time': text('a time, such as 2006-01-02T15:04:05Z', (value) => isDateTime(value.toUpperCase())),
  uuid: text('a UUID', (value) => /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(value)),
};

function text(expected: string, accepts: (value: string) => boolean): Format {
  return { type: 'string', expected, accepts: (value) => typeof value === 'string' && accepts(value) };
}

/** ajv tells patterns apart by `toString`. */
function patternTest(pattern: string): { test(value: string): boolean; toString(): string } {
  return { test: compilePattern(pattern) ?? (() => true), toString: () => pattern };
}

/** A schema of OpenAPI 3.0 as the JSON Schema that ajv reads. */
function translate(schema: unknown): Structural {
  if (!isObject(schema)) return {};
  const { properties, required, items, additionalProperties, not, nullable } = schema;
  const types = typesOf(schema);
  const values = Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : undefined;
  return {
    ...pick(schema, ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'], isCount),
    ...pick(schema, ['pattern', 'format'], (value) => typeof value === 'string'),
    ...pick(schema, ['multipleOf'], (value) => Number(value) > 0),
    ...pick(schema, ['minimum', 'maximum'], Number.isFinite),
    ...(schema.exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: schema.minimum }),
    ...(types.length > 0 && { type: nullable === true ? [...types, 'null'] : types }),
    ...(values !== undefined && { enum: nullable === true ? [...values, null] : values }),
    ...(Array.isArray(required) && { required: required.filter((name) => typeof name === 'string') }),
    ...(isObject(properties) && { properties: mapValues(properties, translate) }),
    ...(isObject(items) && { items: translate(items) }),
    ...(isObject(additionalProperties) && { additionalProperties: translate(additionalProperties) }),
    ...(isObject(not) && { not: translate(not) }),
    ...mapValues(pick(schema, ['allOf', 'anyOf', 'oneOf'], isNotEmpty), (list) => list.map(translate)),
  };
}
