import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { readObject } from '../../../src/kubernetes/object.ts';
import addendum from '../../../src/kubernetes/schema/addendum.json' with { type: 'json' };
import { BuiltinSchemas, type Definitions } from '../../../src/kubernetes/schema/builtin.ts';
import table from '../../../src/kubernetes/schema/kubernetes.json' with { type: 'json' };
import { problemLimit } from '../../../src/kubernetes/schema/problem.ts';

// kubernetes.json must say what the validators of kubernetes-models say. Every field of every definition is made wrong
// once, in some kind that has it, in each way that its type allows.

const definitions: Definitions = table.definitions;
const additions: Definitions = addendum.definitions;
const schemas = new BuiltinSchemas(definitions);

/** A field of an object in which all fields are set. */
interface Place {
  readonly path: readonly (string | number)[];
  /** Its definition and name, whatever object it is in. */
  readonly field: string;
  readonly type: string;
  readonly required: boolean;
}

const samples: Readonly<Record<string, unknown>> = {
  any: 'any',
  object: {},
  boolean: true,
  string: 'text',
  number: 1.5,
  int32: 1,
  int64: 2 ** 40,
  'int-or-string': '10%',
  quantity: '1Gi',
  byte: 'dGV4dA==',
  'date-time': '2020-01-02T03:04:05Z',
};

/** Values of the right JSON type that are wrong all the same. */
const misfits: Readonly<Record<string, unknown>> = {
  int32: 2 ** 31,
  int64: 1.5,
  'int-or-string': 1.5,
  quantity: '1Gb',
  byte: 'not base64!',
  'date-time': 'yesterday',
};

/** An object of a definition in which every field is set, but for those that would go round in a circle. */
function populate(name: string, path: Place['path'], around: readonly string[], places: Place[]): unknown {
  const object: Record<string, unknown> = {};
  for (const [field, word] of Object.entries(definitions[name] ?? {})) {
    const required = word.startsWith('!');
    const type = word.replace('!', '');
    const added = additions[name]?.[field] !== undefined;
    const inner = type.replace(/^(\[\]|\{\})+/, '');
    if ((added && !required) || around.includes(inner) || inner === name) continue;
    const place = { path: [...path, field], field: `${name} ${field}`, type, required };
    if (!added && !(path.length === 0 && /^(apiVersion|kind)$/.test(field))) places.push(place);
    object[field] = sample(type, place.path, [...around, name], places);
  }
  return object;
}

function sample(type: string, path: Place['path'], around: readonly string[], places: Place[]): unknown {
  if (type.startsWith('[]')) return [sample(type.slice(2), [...path, 0], around, places)];
  if (type.startsWith('{}')) return { key: sample(type.slice(2), [...path, 'key'], around, places) };
  if (type.startsWith('=')) return type.slice(1).split('|').at(-1);
  return samples[type] ?? populate(type, path, around, places);
}

/** A copy of an object in which some places have another value; undefined removes them. */
function change(object: unknown, changes: readonly (readonly [Place, unknown])[]): unknown {
  const copy = structuredClone(object);
  for (const [{ path }, value] of changes) {
    let parent = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
    const last = path.at(-1) ?? '';
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}

function ours(value: unknown): string[] {
  const object = readObject(value);
  return [...new Set(object && schemas.problems(object)?.map(({ pointer }) => pointer))].sort();
}

type Model = new (data: unknown) => { validate(): void };

/** The pointers at which the package finds mistakes, but for what the API server does not validate in a status. */
function theirs(model: Model, value: unknown): string[] {
  try {
    new model(value).validate();
    return [];
  } catch (error) {
    const { errors } = error as {
      errors: { instancePath: string; keyword: string; params: { missingProperty?: string } }[];
    };
    const pointers = errors
      .filter(
        ({ keyword, instancePath }) =>
          !/^(required|enum)$/.test(keyword) || !/^\/status(\/|$)/.test(instancePath),
      )
      .map(({ instancePath, params: { missingProperty } }) =>
        missingProperty === undefined ? instancePath : `${instancePath}/${missingProperty}`,
      );
    return [...new Set(pointers)].sort();
  }
}

/** Ways to make a field wrong: the value that it gets, for the fields that can be wrong in this way. */
const mistakes: Readonly<Record<string, (place: Place) => unknown>> = {
  'of a wrong type': ({ type }) => (type === 'any' ? skipped : /^[[{]|\/|^object$/.test(type) ? 'text' : []),
  'not well formed': ({ type }) => (type.startsWith('=') ? 'Nonsense' : (misfits[type] ?? skipped)),
  'a list of wrong items': ({ type }) => (/^\[\](?!any)/.test(type) ? [[]] : skipped),
  'a map of wrong values': ({ type }) => (/^\{\}(?!any|\[)/.test(type) ? { key: [] } : skipped),
  missing: ({ required, path }) => (required && path[0] !== 'status' ? undefined : skipped),
  'required, but null': ({ required, path }) => (required && path[0] !== 'status' ? null : skipped),
  // The package takes no null for an optional enum; the API server does.
  'null, which is right': ({ required, type }) => (required || type.includes('=') ? skipped : null),
};

const skipped = Symbol('cannot be wrong in this way');

const kinds = Object.keys(definitions).filter(
  (name) => definitions[name]?.kind === `=${name.split('/').at(-1)}`,
);

describe('kubernetes.json', () => {
  test('is what its script makes of the installed package', () => {
    execFileSync(process.execPath, ['scripts/kubernetes-schemas.mjs', '--check'], { stdio: 'pipe' });
  });

  test('refers to nothing that is not there', () => {
    const targets = Object.values(definitions).flatMap((fields) => Object.values(fields));
    const names = targets
      .map((word) => word.replace(/^!?(\[\]|\{\})*/, ''))
      .filter((word) => !word.startsWith('='));
    expect(names.filter((name) => samples[name] === undefined && definitions[name] === undefined)).toEqual(
      [],
    );
  });

  test('is as strict as the package, at every field of every kind', async () => {
    const seen = new Map<string, Set<string>>();
    let compared = 0;
    for (const kind of kinds) {
      const places: Place[] = [];
      const object = populate(kind, [], [], places);
      const module = (await import(`kubernetes-models/${kind}`)) as Record<string, Model>;
      const model = module[kind.split('/').at(-1) ?? ''] as Model;
      expect({ kind, ours: ours(object), theirs: theirs(model, object) }).toEqual({
        kind,
        ours: [],
        theirs: [],
      });
      for (const [mistake, wrong] of Object.entries(mistakes)) {
        const done = seen.get(mistake) ?? new Set();
        seen.set(mistake, done);
        const changes = places
          .filter(({ field }) => !done.has(field))
          .map((place) => [place, wrong(place)] as const)
          .filter(([, value]) => value !== skipped);
        for (const [{ field }] of changes) done.add(field);
        for (const some of batches(changes)) {
          const changed = change(object, some);
          expect({ kind, mistake, pointers: ours(changed) }).toEqual({
            kind,
            mistake,
            pointers: theirs(model, changed),
          });
          compared += some.length;
        }
      }
    }
    expect(compared).toBeGreaterThan(10_000);
  });
});

/** Changes that do not hide each other, not more than problems are told of one object. */
function batches(changes: readonly (readonly [Place, unknown])[]): (readonly [Place, unknown])[][] {
  const depths = [...new Set(changes.map(([{ path }]) => path.length))];
  return depths.flatMap((depth) => {
    const alike = changes.filter(([{ path }]) => path.length === depth);
    const starts = [...alike.keys()].filter((index) => index % problemLimit === 0);
    return starts.map((start) => alike.slice(start, start + problemLimit));
  });
}
