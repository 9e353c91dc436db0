import { describe, expect, test } from '@jest/globals';
import { loadSchemas } from '../../../src/kubernetes/schema/index.ts';
import { objectsOf } from './objects.ts';

/** A definition of Widget.example.org whose spec has these properties, as YAML in flow style. */
const definition = (spec: string, more = '') => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      ${more}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            status: {type: object, required: [phase], properties: {phase: {type: string}}}
            spec: ${spec}
`;

const widget = (spec: string, more = '') => `
apiVersion: example.org/v1
kind: Widget
metadata: {name: a}
spec: ${spec}
${more}
`;

/** What is wrong with the last of these objects. */
async function problemsOf(...texts: string[]) {
  const objects = texts.flatMap(objectsOf);
  const schemas = await loadSchemas(objects);
  const last = objects.at(-1);
  return last && schemas.problems(last);
}

const told = async (...texts: string[]) =>
  (await problemsOf(...texts))?.map(({ pointer, kind, message }) => `${pointer} ${kind}: ${message}`);

describe('what is wrong with a custom resource', () => {
  test.each([
    ['nothing', '{type: object, properties: {size: {type: integer}}}', '{size: 3}', []],
    [
      'a wrong type',
      '{type: object, properties: {size: {type: integer, minimum: 1, enum: [1, 2]}}}',
      '{size: "3"}',
      ['/spec/size type: spec.size must be an integer, but is the string "3"; remove the quotes.'],
    ],
    [
      'an object of a wrong type, without what that entails',
      '{type: object, required: [a], properties: {a: {type: object, properties: {b: {type: string}}}}}',
      '{a: [{c: 1}]}',
      ['/spec/a type: spec.a must be an object, but is a list.'],
    ],
    [
      'a string with fields',
      '{type: object, properties: {a: {type: string}}}',
      '{a: {b: 1}}',
      ['/spec/a type: spec.a must be a string, but is an object.'],
    ],
    [
      'a missing field',
      '{type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}',
      '{a: null}',
      [
        '/spec/a required: spec.a is required, but is missing.',
        '/spec/b required: spec.b is required, but is missing.',
      ],
    ],
    [
      'a missing field that has a default',
      '{type: object, required: [a], properties: {a: {type: object, required: [b], default: {}, properties: {b: {type: string, default: c}}}}}',
      '{a: null}',
      [],
    ],
    [
      'an unknown field',
      '{type: object, required: [host], properties: {host: {type: string}}}',
      '{hots: a}',
      ['/spec/hots unknown-field: Unknown field spec.hots; did you mean host?'],
    ],
    [
      'unknown fields that are kept',
      '{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: object, properties: {}}}}',
      '{b: {c: 1}, a: {d: 1}}',
      ['/spec/a/d unknown-field: Unknown field spec.a.d.'],
    ],
    [
      'map values',
      '{type: object, additionalProperties: {type: object, properties: {a: {type: boolean}}}}',
      '{x: {a: 1}, z: {b: 1}, v: null}',
      [
        '/spec/x/a type: spec.x.a must be a boolean, but is the number 1.',
        '/spec/z/b unknown-field: Unknown field spec.z.b; did you mean a?',
      ],
    ],
    [
      'no enum value',
      '{type: object, properties: {a: {type: string, enum: [Always, Never]}}}',
      '{a: always}',
      ['/spec/a enum: spec.a "always" is not one of Always, Never; did you mean Always?'],
    ],
    [
      'bounds',
      '{type: object, properties: {a: {type: integer, minimum: 1}, b: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 1}, c: {type: array, minItems: 1, items: {type: string, maxLength: 2}}, d: {type: integer, multipleOf: 5}}}',
      '{a: 0, b: 0, c: [abc], d: 7}',
      [
        '/spec/a value: spec.a must be at least 1, but is the number 0.',
        '/spec/b value: spec.b must be more than 0, but is the number 0.',
        '/spec/c/0 value: spec.c[0] must be at most 2 characters long, but is the string "abc".',
        '/spec/d value: spec.d must be a multiple of 5, but is the number 7.',
      ],
    ],
    [
      'patterns and formats',
      `{type: object, properties: {a: {type: string, pattern: '^[a-z]+$', minLength: 3}, b: {type: string, pattern: '(?=x)'}, c: {type: integer, format: int32}, d: {type: string, format: date-time}, e: {type: string, format: fancy}, f: {type: string, format: byte}, g: {type: integer, format: int64}}}`,
      '{a: A, b: w, c: 3000000000, d: now, e: x, f: "!", g: 9223372036854775807}',
      [
        '/spec/a value: spec.a must be at least 3 characters long, but is the string "A".',
        '/spec/c format: spec.c must be an integer from -2147483648 to 2147483647, but is the number 3000000000.',
        '/spec/d format: spec.d must be a time, such as 2006-01-02T15:04:05Z, but is the string "now".',
        '/spec/f format: spec.f must be base64 text, but is the string "!".',
      ],
    ],
    [
      'integers or strings',
      '{type: object, properties: {a: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}, b: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}}}',
      '{a: 50%, b: true}',
      ['/spec/b type: spec.b must be an integer or a string, but is the boolean true.'],
    ],
    [
      'nulls',
      '{type: object, required: [a], properties: {a: {type: string, nullable: true, enum: [x]}, b: {type: array, items: {type: string}}}}',
      '{a: null, b: [null]}',
      ['/spec/b/0 type: spec.b[0] must be a string, but is empty.'],
    ],
    [
      'alternatives',
      '{type: object, properties: {a: {type: object, properties: {x: {type: string}, z: {type: string}}, oneOf: [{required: [x]}, {required: [z]}]}, b: {type: object, properties: {x: {type: string}, z: {type: string}}, oneOf: [{required: [x]}, {required: [z]}]}, c: {type: string, not: {enum: [v]}}, d: {type: string, anyOf: [{pattern: ^a}, {pattern: ^b}]}}}',
      '{a: {}, b: {x: "1", z: "2"}, c: v, d: c}',
      [
        '/spec/a value: spec.a must have exactly one of x, z.',
        '/spec/b value: spec.b fits more than one of the alternatives in its schema, and may fit only one (oneOf).',
        '/spec/c value: spec.c is what its schema rules out (not).',
        '/spec/d value: spec.d fits none of the alternatives in its schema (anyOf).',
      ],
    ],
    [
      'what alternatives say of fields, items and other fields',
      '{type: object, x-kubernetes-preserve-unknown-fields: true, allOf: [{properties: {a: {type: string}, b: {items: {maximum: 1}}}, additionalProperties: {minLength: 2}}], not: {required: [z], properties: {z: {enum: [{v: 1}]}}}}',
      '{a: 1, b: [1, 2], c: x, z: {v: 1}}',
      [
        '/spec/a type: spec.a must be a string, but is the number 1; quote it: "1".',
        '/spec/c value: spec.c must be at least 2 characters long, but is the string "x".',
        '/spec/b/1 value: spec.b[1] must be at most 1, but is the number 2.',
      ],
    ],
    [
      'alternatives within alternatives',
      '{type: object, properties: {a: {type: object, x-kubernetes-preserve-unknown-fields: true, anyOf: [{required: [x]}, {allOf: [{required: [z]}]}]}, b: {type: object, x-kubernetes-preserve-unknown-fields: true, anyOf: [{required: [x]}, {anyOf: [{required: [z]}]}]}}}',
      '{a: {}, b: {}}',
      [
        '/spec/a value: spec.a must have at least one of x, z.',
        '/spec/b value: spec.b fits none of the alternatives in its schema (anyOf).',
      ],
    ],
    [
      'several constraints of one value, as one mistake',
      '{type: object, properties: {a: {type: string, minLength: 3, pattern: ^b, enum: [bcd], not: {enum: [a]}}, b: {type: string, maxLength: 1, format: date}}}',
      '{a: a, b: xx}',
      [
        '/spec/a enum: spec.a "a" is not one of bcd.',
        '/spec/b value: spec.b must be at most 1 characters long, but is the string "xx".',
      ],
    ],
    [
      'enum values that are objects',
      '{type: object, properties: {a: {type: array, items: {type: object, properties: {b: {type: integer}, c: {type: integer, default: 2}}, enum: [{c: 2, b: 1}]}}}}',
      '{a: [{b: 1}, {b: 3}]}',
      ['/spec/a/1 enum: spec.a[1] an object is not one of an object.'],
    ],
    [
      'large numbers',
      '{type: object, properties: {a: {type: integer, maximum: 9223372036854775807}, b: {type: integer, maximum: 5}}}',
      '{a: 9223372036854775807, b: 9223372036854775807}',
      ['/spec/b value: spec.b must be at most 5, but is the number 9223372036854776000.'],
    ],
    [
      'an alternative that a mistake below explains',
      '{type: object, properties: {host: {type: string}, hosts: {type: array, items: {type: string}}}, oneOf: [{required: [host]}, {required: [hosts]}]}',
      '{hsot: a}',
      ['/spec/hsot unknown-field: Unknown field spec.hsot; did you mean host?'],
    ],
    [
      'items that must differ',
      '{type: object, properties: {a: {type: array, x-kubernetes-list-type: set, items: {type: string}}, b: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol], items: {type: object, properties: {port: {type: integer}, protocol: {type: string, default: TCP}}}}}}',
      '{a: [x, z, x], b: [{port: 1}, {port: 2}, {port: 1, protocol: TCP}, {port: 1, protocol: UDP}]}',
      [
        '/spec/a/2 value: spec.a[2] is the same as item 0 of the list.',
        '/spec/b/2 value: spec.b[2] has the same port, protocol as item 0 of the list.',
      ],
    ],
    [
      'an object inside',
      '{type: object, properties: {a: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}}}',
      '{a: {kind: Pod, metadata: {labels: {x: 1}, nmae: y}, spec: {any: thing}}}',
      [
        '/spec/a/apiVersion required: spec.a.apiVersion is required, but is missing.',
        '/spec/a/metadata/labels/x type: spec.a.metadata.labels.x must be a string, but is the number 1; quote it: "1".',
        '/spec/a/metadata/nmae unknown-field: Unknown field spec.a.metadata.nmae; did you mean name?',
      ],
    ],
  ])('%s', async (_, schema, spec, expected) => {
    expect(await told(definition(schema), widget(spec))).toEqual(expected);
  });

  test('metadata is an ObjectMeta', async () => {
    const text = widget('{}').replace('metadata: {name: a}', 'metadata: {name: a, label: {}}');
    expect(await told(definition('{type: object}'), text)).toEqual([
      '/metadata/label unknown-field: Unknown field metadata.label; did you mean labels?',
    ]);
  });

  test('the status is validated unless the API server replaces it', async () => {
    const text = widget('{}', 'status: {}');
    expect(await told(definition('{type: object}'), text)).toEqual([
      '/status/phase required: status.phase is required, but is missing.',
    ]);
    expect(await told(definition('{type: object}', 'subresources: {status: {}}'), text)).toEqual([]);
  });

  test('v1beta1: one schema for all versions, and unknown fields stay', async () => {
    const beta = (preserve: string) => `
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  version: v1
  ${preserve}
  validation: {openAPIV3Schema: {properties: {spec: {type: object, properties: {size: {type: integer}}}}}}`;
    const size = '/spec/size type: spec.size must be an integer, but is the boolean true.';
    expect(await told(beta(''), widget('{size: true, other: 1}'))).toEqual([size]);
    expect(await told(beta('preserveUnknownFields: false'), widget('{size: true, other: 1}'))).toEqual([
      size,
      '/spec/other unknown-field: Unknown field spec.other.',
    ]);
  });

  test('of several copies of a definition, the one that suits', async () => {
    const old = definition('{type: object, properties: {a: {type: string}}}');
    const current = definition('{type: object, properties: {a: {type: string}, b: {type: string}}}');
    expect(await told(old, current, widget('{b: x}'))).toEqual([]);
    expect(await told(current, old, widget('{b: 1}'))).toHaveLength(1);
  });

  test('5,000 fields, each with a pattern', async () => {
    const field = '{type: string, maxLength: 63, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}';
    const level = (inner: string) =>
      `{type: object, properties: {${Array.from({ length: 17 }, (_, index) => `f${index}: ${inner}`).join(', ')}}}`;
    expect(await told(definition(level(level(level(field)))), widget('{f1: {f2: {f3: A}}}'))).toHaveLength(1);
  });
});

describe('kinds without a schema', () => {
  test.each([
    ['not defined anywhere', [widget('{}')]],
    [
      'defined in another version',
      [definition('{type: object}').replace('name: v1', 'name: v2'), widget('{}')],
    ],
    ['defined without a schema', [definition('{type: object}').replace(/schema:.*/s, ''), widget('{}')]],
    ['defined by a broken schema', [definition('{type: object, properties: [a]}'), widget('{a: 1}')]],
    ['a removed version that the table lacks', ['{apiVersion: batch/v2alpha1, kind: CronJob}']],
    ['a part of an object', ['{apiVersion: apps/v1, kind: DeploymentSpec}']],
    ['no kind at all', ['{apiVersion: v1, kind: __proto__}']],
    ['no group at all', ['{apiVersion: constructor, kind: toString}']],
  ])('%s', async (_, texts) => {
    expect(await problemsOf(...texts)).toBeUndefined();
  });

  test('a definition is an object like others', async () => {
    const text = definition('{type: object, propertys: {}}');
    expect(await told(text)).toEqual([
      '/spec/versions/0/schema/openAPIV3Schema/properties/spec/propertys unknown-field: Unknown field spec.versions[0].schema.openAPIV3Schema.properties.spec.propertys; did you mean properties?',
    ]);
  });
});

describe('hostile definitions and objects', () => {
  const nested = (open: string, close: string, depth = 140) => `${open.repeat(depth)}${close.repeat(depth)}`;
  test.each([
    ['deep alternatives', `{type: object, allOf: [${nested('{anyOf: [', ']}')}]}`, '{}'],
    [
      'deep objects',
      nested('{type: object, properties: {a: ', '}}').replace(': }', ': {type: object}}'),
      nested('{a: ', '}').replace(': }', ': 1}'),
    ],
    [
      'names of Object.prototype',
      '{type: object, required: [toString], properties: {__proto__: {type: string}}}',
      '{__proto__: a, constructor: 1}',
    ],
    [
      'wrong types of keywords',
      '{type: object, x-kubernetes-list-map-keys: [], properties: {a: {type: string, pattern: "(", enum: [], minLength: -1}}}',
      '{a: b}',
    ],
    [
      'a catastrophic pattern',
      '{type: object, properties: {a: {type: string, pattern: "^(a+)+$"}}}',
      `{a: ${'a'.repeat(60)}!}`,
    ],
  ])('%s do no harm', async (_, schema, spec) => {
    expect(await problemsOf(definition(schema), widget(spec))).toBeDefined();
  });
});
