import { isObject } from '../field.ts';
import type { Structural } from './constraints.ts';
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
import type { Part, Parts } from './structural.ts';

/** How the API server treats a custom resource. */
export interface Treatment {
  readonly parts: Parts;
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
  const part = treatment.parts.of(schema);
  if (part !== undefined) walk.value(resource, part, true);
  return walk.problems;
}

/**
 * One pass over a custom resource. As the API server does, it brings every value to the form that is validated: without
 * unknown fields and nulls, and with defaults. What is in that form already is not copied.
 */
class Walk {
  readonly problems: SchemaProblem[] = [];
  /** Pointers of the fields that unknown fields were most likely meant to be. */
  readonly #meant = new Set<string>();
  readonly #treatment: Treatment;
  /** Of the value that is looked at; those below put it back. */
  readonly #path: (string | number)[] = [];

  constructor(treatment: Treatment) {
    this.#treatment = treatment;
  }

  /**
   * Checks a value and returns it as it is validated.
   * @param isResource Whether the value is an object with apiVersion, kind and metadata.
   */
  value(value: unknown, part: Part, isResource: boolean): unknown {
    const before = this.problems.length;
    let result = value;
    if (part.takesLists && Array.isArray(value)) result = this.#items(value, part);
    else if (part.takesObjects && isObject(value)) result = this.#fields(value, part, isResource);
    if (this.#treatment.replacesStatus && this.#path[0] === 'status') return result;
    const clean = this.problems.length === before;
    for (const problem of part.constraints.problems(result, this.#path, clean))
      if (!this.#meant.has(problem.pointer)) this.#add(problem);
    return result;
  }

  #items(list: readonly unknown[], { items: schema, listKeys: keys }: Part): readonly unknown[] {
    const items = list.map((item, index) => this.#inside(index, item, schema));
    if (keys !== undefined) this.#requireUnique(items, keys);
    return items.every((item, index) => item === list[index]) ? list : items;
  }

  #requireUnique(items: readonly unknown[], keys: readonly string[]): void {
    const first = new Map<string, number>();
    items.forEach((item, index) => {
      const identity = JSON.stringify(
        keys.length === 0 ? item : keys.map((key) => isObject(item) && item[key]),
      );
      const twin = first.get(identity);
      const same = keys.length === 0 ? 'is the same' : `has the same ${keys.join(', ')}`;
      if (twin === undefined) first.set(identity, index);
      else this.#add(violation([...this.#path, index], `${same} as item ${twin} of the list`));
    });
  }

  #fields(object: Structural, part: Part, isResource: boolean): Structural {
    const fields = new Map<string, unknown>();
    let changed = false;
    for (const name of Object.keys(object)) {
      const value = this.#field(name, object, part, isResource);
      if (value !== object[name]) changed = true;
      if (value !== undefined) fields.set(name, value);
    }
    for (const [name, field] of part.defaults)
      if (!fields.has(name)) {
        changed = true;
        fields.set(name, this.#inside(name, field.default, field));
      }
    return changed ? Object.fromEntries(fields) : object;
  }

  /** One of an object's fields as it is validated; undefined when it is dropped. */
  #field(name: string, object: Structural, part: Part, isResource: boolean): unknown {
    const value = object[name];
    if (isResource && (name === 'apiVersion' || name === 'kind' || name === 'metadata')) {
      if (value === null) return undefined;
      if (name === 'metadata')
        for (const problem of this.#treatment.checkMetadata(value, [...this.#path, name])) this.#add(problem);
      return value;
    }
    const schema = Object.hasOwn(part.properties, name) ? part.properties[name] : part.others;
    if (isObject(schema))
      return value === null && schema.nullable !== true ? undefined : this.#inside(name, value, schema);
    if (part.keepsUnknown || !this.#treatment.dropsUnknown) return value;
    this.#unknown(name, object, part);
    return undefined;
  }

  #inside(key: string | number, value: unknown, schema: unknown): unknown {
    const part = this.#treatment.parts.of(schema);
    if (part === undefined) return value;
    if (part.isResource && isObject(value))
      for (const name of ['apiVersion', 'kind'])
        if ((value[name] ?? '') === '') this.#add(missing([...this.#path, key, name], value[name]));
    this.#path.push(key);
    const result = this.value(value, part, part.isResource);
    this.#path.pop();
    return result;
  }

  #unknown(name: string, object: Structural, { properties }: Part): void {
    const free = Object.keys(properties).filter((each) => !Object.hasOwn(object, each));
    const near = nearest(name, free);
    if (near !== undefined) this.#meant.add(pointerOf([...this.#path, near]));
    this.#add(unknownField([...this.#path, name], near === undefined ? '' : `did you mean ${near}?`));
  }

  #add(problem: SchemaProblem): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }
}
