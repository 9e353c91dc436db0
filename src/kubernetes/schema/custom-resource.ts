import { isObject } from '../field.ts';
import type { Constraints, Structural } from './constraints.ts';
import {
  missing,
  nearest,
  type Path,
  pointerOf,
  problemLimit,
  type SchemaProblem,
  unknownField,
  violation,
} from './problem.ts';

/** How the API server treats a custom resource. */
export interface Treatment {
  readonly constraints: Constraints;
  /** Whether it drops fields that the schema does not have. */
  readonly dropsUnknown: boolean;
  /** Whether it replaces the status on writes. */
  readonly replacesStatus: boolean;
  /** What is wrong with an ObjectMeta that stands at a path. */
  readonly checkMetadata: (metadata: unknown, path: Path) => readonly SchemaProblem[];
}

/** What is wrong with a custom resource by its schema. Neither may hold bigints. */
export function checkResource(resource: unknown, schema: Structural, treatment: Treatment): SchemaProblem[] {
  const walk = new Walk(treatment);
  walk.visit(resource, schema, [], true);
  return walk.problems;
}

/**
 * One pass over a custom resource. As the API server does, it brings every value to the form that is validated: without
 * unknown fields and nulls, and with defaults.
 */
class Walk {
  readonly problems: SchemaProblem[] = [];
  /** Pointers of the fields that unknown fields were most likely meant to be. */
  readonly #meant = new Set<string>();
  readonly #treatment: Treatment;

  constructor(treatment: Treatment) {
    this.#treatment = treatment;
  }

  /**
   * Checks a value and returns it as it is validated.
   * @param isResource Whether the value is an object with apiVersion, kind and metadata.
   */
  visit(value: unknown, schema: Structural, path: Path, isResource: boolean): unknown {
    const before = this.problems.length;
    const isFit = schema.type === 'object' || (schema.type === undefined && isObject(schema.properties));
    let result = value;
    if (Array.isArray(value) && schema.type === 'array') result = this.#items(value, schema, path);
    else if (isObject(value) && isFit) result = this.#fields(value, schema, path, isResource);
    if (this.#treatment.replacesStatus && path[0] === 'status') return result;
    const clean = this.problems.length === before;
    for (const problem of this.#treatment.constraints.problems(result, schema, path, clean))
      if (!this.#meant.has(problem.pointer)) this.#add(problem);
    return result;
  }

  #items(list: readonly unknown[], schema: Structural, path: Path): unknown[] {
    const items = list.map((item, index) => this.#child(item, schema.items, [...path, index]));
    const keys = listKeys(schema);
    if (keys === undefined) return items;
    const first = new Map<string, number>();
    items.forEach((item, index) => {
      const identity = JSON.stringify(
        keys.length === 0 ? item : keys.map((key) => isObject(item) && item[key]),
      );
      const twin = first.get(identity);
      const same = keys.length === 0 ? 'is the same' : `has the same ${keys.join(', ')}`;
      if (twin === undefined) first.set(identity, index);
      else this.#add(violation([...path, index], `${same} as item ${twin} of the list`));
    });
    return items;
  }

  #fields(object: Structural, schema: Structural, path: Path, isResource: boolean): Structural {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const others = schema.additionalProperties;
    const keepsOthers =
      !this.#treatment.dropsUnknown ||
      others === true ||
      schema['x-kubernetes-preserve-unknown-fields'] === true;
    const fields = new Map<string, unknown>();
    for (const [name, value] of Object.entries(object)) {
      const at = [...path, name];
      const field = Object.hasOwn(properties, name) ? properties[name] : others;
      if (isResource && ['apiVersion', 'kind', 'metadata'].includes(name)) {
        if (value !== null) fields.set(name, value);
        if (value !== null && name === 'metadata')
          for (const problem of this.#treatment.checkMetadata(value, at)) this.#add(problem);
      } else if (isObject(field)) {
        if (value !== null || field.nullable === true) fields.set(name, this.#child(value, field, at));
      } else if (keepsOthers) fields.set(name, value);
      else this.#unknown(at, properties, object);
    }
    for (const [name, field] of Object.entries(properties))
      if (isObject(field) && (field.default ?? null) !== null && !fields.has(name))
        fields.set(name, this.#child(field.default, field, [...path, name]));
    return Object.fromEntries(fields);
  }

  #child(value: unknown, schema: unknown, path: Path): unknown {
    if (!isObject(schema)) return value;
    const isResource = schema['x-kubernetes-embedded-resource'] === true;
    if (isResource && isObject(value))
      for (const name of ['apiVersion', 'kind'])
        if ((value[name] ?? '') === '') this.#add(missing([...path, name], value[name]));
    return this.visit(value, schema, path, isResource);
  }

  #unknown(path: Path, properties: Structural, object: Structural): void {
    const free = Object.keys(properties).filter((name) => !Object.hasOwn(object, name));
    const near = nearest(String(path.at(-1)), free);
    if (near !== undefined) this.#meant.add(pointerOf([...path.slice(0, -1), near]));
    this.#add(unknownField(path, near === undefined ? '' : `did you mean ${near}?`));
  }

  #add(problem: SchemaProblem): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }
}

/**
 * The fields by which the items of a list must differ; none when the items themselves must, undefined when nothing
 * must.
 */
function listKeys(schema: Structural): readonly string[] | undefined {
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys } = schema;
  if (type === 'set') return [];
  if (type !== 'map' || !Array.isArray(keys) || keys.length === 0) return undefined;
  return keys.every((key) => typeof key === 'string') ? keys : undefined;
}
