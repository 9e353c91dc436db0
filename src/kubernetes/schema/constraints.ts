import { Ajv, type ErrorObject, type Format, type ValidateFunction } from 'ajv';
import { isObject, splitPointer } from '../field.ts';
import { isBase64, isDateTime, isInt32 } from './leaf.ts';
import { Patterns } from './pattern.ts';
import { mismatch, missing, notOneOf, type Path, type SchemaProblem, violation } from './problem.ts';

/** A schema of a custom resource definition, or a part of one, as it is written: JSON of any form. */
export type Structural = Readonly<Record<string, unknown>>;

/** What a part of a schema demands of a value itself, not of its fields and items unless an alternative speaks of them. */
export interface Constraints {
  /**
   * What is wrong with a value.
   * @param path Where the value stands in its object.
   * @param alternatives Whether to tell that it fits none of several alternatives, which a mistake below may explain.
   */
  problems(value: unknown, path: Path, alternatives: boolean): SchemaProblem[];
}

/**
 * Compiles parts of the schemas of custom resource definitions. Only keywords that the API server knows, and that are
 * well formed, count; `x-kubernetes-validations` do not.
 */
export class Compiler {
  readonly #byText = new Map<string, ValidateFunction>();
  readonly #patterns = new Patterns();
  readonly #ajv = new Ajv({
    allErrors: true,
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    meta: false,
    logger: false,
    formats: Object.fromEntries(Object.entries(formats).map(([name, [, format]]) => [name, format])),
    code: {
      optimize: false,
      regExp: Object.assign((pattern: string) => this.#patternTest(pattern), { code: 'patternTest' }),
    },
  });

  compile(schema: Structural): Constraints {
    const own = translate({
      ...schema,
      properties: undefined,
      items: undefined,
      additionalProperties: undefined,
    });
    const text = JSON.stringify(own);
    const validate = this.#byText.get(text) ?? this.#validator(own);
    this.#byText.set(text, validate);
    return {
      problems: (value, path, alternatives) =>
        validate(value) ? [] : explain(validate.errors ?? [], value, path, alternatives),
    };
  }

  /** A part that cannot be compiled, such as alternatives that are nested a thousand deep, demands nothing. */
  #validator(schema: Structural): ValidateFunction {
    try {
      return this.#ajv.compile(schema);
    } catch {
      return this.#ajv.compile({});
    }
  }

  /** ajv tells patterns apart by `toString`. */
  #patternTest(pattern: string): { test(value: string): boolean; toString(): string } {
    return { test: this.#patterns.test(pattern), toString: () => pattern };
  }
}

/**
 * The formats that are checked, and what a value of one is called. The API server knows more, and ignores all that it
 * does not know.
 */
const formats: Readonly<Record<string, readonly [expected: string, format: Format]>> = {
  int32: ['an integer from -2147483648 to 2147483647', { type: 'number', validate: isInt32 }],
  // The edge itself is 2^63 - 1, which is 2^63 as a number.
  int64: ['an integer of 64 bits', { type: 'number', validate: (value) => Math.abs(value) <= 2 ** 63 }],
  byte: ['base64 text', isBase64],
  date: ['a date, such as 2006-01-02', (text: string) => isDateTime(`${text}T00:00:00Z`)],
  'date-time': ['a time, such as 2006-01-02T15:04:05Z', (text: string) => isDateTime(text.toUpperCase())],
  uuid: ['a UUID', /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i],
};

/** A schema of OpenAPI 3.0 as the JSON Schema that ajv reads; to ajv, undefined is absent. */
function translate(schema: unknown): Structural {
  if (!isObject(schema)) return {};
  const { type, nullable, format, pattern, required, properties, items, additionalProperties, not } = schema;
  const types = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : [type].filter(isType);
  const values = Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : undefined;
  const minimum = finite(schema.minimum);
  const maximum = finite(schema.maximum);
  return {
    type: types.length === 0 ? undefined : nullable === true ? [...types, 'null'] : types,
    enum: values !== undefined && nullable === true ? [...values, null] : values,
    format: typeof format === 'string' ? format : undefined,
    pattern: typeof pattern === 'string' ? pattern : undefined,
    // OpenAPI 3.0 has a flag where JSON Schema has the bound itself.
    minimum: schema.exclusiveMinimum === true ? undefined : minimum,
    exclusiveMinimum: schema.exclusiveMinimum === true ? minimum : undefined,
    maximum: schema.exclusiveMaximum === true ? undefined : maximum,
    exclusiveMaximum: schema.exclusiveMaximum === true ? maximum : undefined,
    multipleOf: Number(schema.multipleOf) > 0 ? finite(schema.multipleOf) : undefined,
    minLength: finite(schema.minLength),
    maxLength: finite(schema.maxLength),
    minItems: finite(schema.minItems),
    maxItems: finite(schema.maxItems),
    minProperties: finite(schema.minProperties),
    maxProperties: finite(schema.maxProperties),
    required: Array.isArray(required) ? required.filter((name) => typeof name === 'string') : undefined,
    properties: isObject(properties)
      ? Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, translate(property)]))
      : undefined,
    items: isObject(items) ? translate(items) : undefined,
    additionalProperties: isObject(additionalProperties) ? translate(additionalProperties) : undefined,
    not: isObject(not) ? translate(not) : undefined,
    allOf: translateAll(schema.allOf),
    anyOf: translateAll(schema.anyOf),
    oneOf: translateAll(schema.oneOf),
  };
}

function translateAll(schemas: unknown): readonly Structural[] | undefined {
  return Array.isArray(schemas) && schemas.length > 0 ? schemas.map(translate) : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isType(type: unknown): type is string {
  return typeof type === 'string' && Object.hasOwn(typeNames, type);
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'a boolean',
  integer: 'an integer',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/** Says of each place what is wrong there, once, since what breaks several constraints is one mistake. */
function explain(
  errors: readonly ErrorObject[],
  root: unknown,
  path: Path,
  alternatives: boolean,
): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  const told = errors
    .filter(({ schemaPath }) => !/\/(anyOf|oneOf)\/\d+\//.test(schemaPath))
    .sort((a, b) => rank(a) - rank(b));
  for (const error of told) {
    const isAlternative = rank(error) === 2;
    if (isAlternative && (!alternatives || problems.size > 0)) continue;
    const at = locate(error.instancePath, root, path);
    const problem = isAlternative ? violation(at.path, misfit(error, errors)) : sentence(error, at);
    if (!problems.has(problem.pointer)) problems.set(problem.pointer, problem);
  }
  return [...problems.values()];
}

/** A wrong type explains everything else, and any other constraint says more than a list of alternatives. */
function rank({ keyword }: ErrorObject): number {
  if (keyword === 'type') return 0;
  return keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'not' ? 2 : 1;
}

interface Place {
  readonly path: Path;
  readonly value: unknown;
}

function sentence({ keyword, params }: ErrorObject, { path, value }: Place): SchemaProblem {
  const mustBe = (expected: string, kind: 'type' | 'format' | 'value' = 'value') =>
    mismatch(path, expected, value, { kind });
  switch (keyword) {
    case 'type': {
      const types: string[] = [params.type].flat();
      const names = types.flatMap((type) => typeNames[type] ?? []);
      return mustBe(names.join(' or '), 'type');
    }
    case 'required':
      return missing([...path, params.missingProperty], undefined);
    case 'enum':
      return notOneOf(path, params.allowedValues, value);
    case 'format':
      return mustBe(formats[params.format]?.[0] ?? params.format, 'format');
    case 'pattern':
      return mustBe(`text that matches ${params.pattern}`, 'format');
    case 'multipleOf':
      return mustBe(`a multiple of ${params.multipleOf}`);
    default:
      return limits[keyword] === undefined
        ? violation(path, 'does not fit its schema')
        : mustBe(limits[keyword].replace('N', params.limit));
  }
}

const limits: Readonly<Record<string, string>> = {
  minimum: 'at least N',
  maximum: 'at most N',
  exclusiveMinimum: 'more than N',
  exclusiveMaximum: 'less than N',
  minLength: 'at least N characters long',
  maxLength: 'at most N characters long',
  minItems: 'a list of at least N items',
  maxItems: 'a list of at most N items',
  minProperties: 'an object of at least N fields',
  maxProperties: 'an object of at most N fields',
};

/** What a value does that fits none, or too many, of several alternatives; completes a sentence. */
function misfit(error: ErrorObject, errors: readonly ErrorObject[]): string {
  const { keyword, schemaPath, instancePath, params } = error;
  if (keyword === 'not') return 'is what its schema rules out (not)';
  if (keyword === 'oneOf' && params.passingSchemas)
    return 'fits more than one of the alternatives in its schema, and may fit only one (oneOf)';
  const branches = errors.filter((each) => each.schemaPath.startsWith(`${schemaPath}/`));
  if (!branches.every((each) => each.keyword === 'required' && each.instancePath === instancePath))
    return `fits none of the alternatives in its schema (${keyword})`;
  const names = new Set(branches.map((each) => each.params.missingProperty));
  return `must have ${keyword === 'oneOf' ? 'exactly' : 'at least'} one of ${[...names].join(', ')}`;
}

/** The place that a JSON pointer below `root` names. */
function locate(pointer: string, root: unknown, rootPath: Path): Place {
  const path = [...rootPath];
  let value = root;
  for (const token of splitPointer(pointer)) {
    path.push(Array.isArray(value) ? Number(token) : token);
    value = isObject(value) ? value[token] : Array.isArray(value) ? value[Number(token)] : undefined;
  }
  return { path, value };
}
