import { isObject } from '../field.ts';
import {
  mismatch,
  missing,
  nearest,
  type Path,
  pointerOf,
  problemLimit,
  type SchemaProblem,
  unknownField,
  violation,
} from './problem.ts';

/** A schema of a custom resource definition as it is written: JSON of any form. */
export type Structural = Readonly<Record<string, unknown>>;

/**
 * Brings a custom resource to the form in which the API server validates it: fields that the schema does not have and
 * nulls are dropped, defaults are filled in. Tells on the way what validation would not see: unknown fields, metadata
 * that is no ObjectMeta, items that should differ and do not. Bigints become numbers.
 */
export class Pruning {
  readonly problems: SchemaProblem[] = [];
  /** Pointers of the fields that unknown fields were most likely meant to be. */
  readonly meant = new Set<string>();
  readonly #unknownFields: boolean;
  readonly #checkMetadata: (metadata: unknown, path: Path) => readonly SchemaProblem[];

  /**
   * @param unknownFields Whether fields that the schema does not have are dropped.
   * @param checkMetadata Validates an ObjectMeta at a path.
   */
  constructor(unknownFields: boolean, checkMetadata: (metadata: unknown, path: Path) => readonly SchemaProblem[]) {
    this.#unknownFields = unknownFields;
    this.#checkMetadata = checkMetadata;
  }

  /** @param isResource Whether the value is a Kubernetes object: the root is, and whatever the schema says is. */
  prune(value: unknown, schema: Structural, path: Path = [], isResource = true): unknown {
    if (Array.isArray(value) && schema.type === 'array') return this.#list(value, schema, path);
    const hasFields = schema.type === 'object' || isObject(schema.properties);
    return isObject(value) && hasFields ? this.#object(value, schema, path, isResource) : plain(value);
  }

  #list(list: readonly unknown[], schema: Structural, path: Path): unknown[] {
    const items = list.map((item, index) => this.#child(item, schema.items, [...path, index]));
    const keys = listKeys(schema);
    if (keys === undefined) return items;
    const seen = new Map<string, number>();
    items.forEach((item, index) => {
      const identity = JSON.stringify(keys.length === 0 ? item : keys.map((key) => isObject(item) && item[key]));
      const first = seen.get(identity);
      if (first === undefined) seen.set(identity, index);
      else this.#add(violation([...path, index], `${keys.length === 0 ? 'is the same' : `has the same ${keys.join(', ')}`} as item ${first} of this list`));
    });
    return items;
  }

  #object(object: Structural, schema: Structural, path: Path, isResource: boolean): Structural {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const { additionalProperties: others } = schema;
    const keepsOthers = !this.#unknownFields || others === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    const pruned = new Map<string, unknown>();
    for (const [key, value] of Object.entries(object)) {
      const at = [...path, key];
      const known = Object.hasOwn(properties, key) ? properties[key] : others;
      if (isResource && resourceFields.includes(key)) {
        if (value !== null) pruned.set(key, plain(value));
        if (key === 'metadata' && value !== null) this.#checkMetadata(value, at).forEach((problem) => this.#add(problem));
      } else if (isObject(known)) {
        if (value !== null || known.nullable === true) pruned.set(key, this.#child(value, known, at));
      } else if (keepsOthers) pruned.set(key, plain(value));
      else this.#unknown(at, Object.keys(properties).filter((name) => !Object.hasOwn(object, name)));
    }
    for (const [key, property] of Object.entries(properties))
      if (!pruned.has(key) && isObject(property) && property.default !== undefined && property.default !== null)
        pruned.set(key, this.#child(property.default, property, [...path, key]));
    return Object.fromEntries(pruned);
  }

  #child(value: unknown, schema: unknown, path: Path): unknown {
    if (!isObject(schema)) return plain(value);
    const isResource = schema['x-kubernetes-embedded-resource'] === true;
    if (isResource && isObject(value))
      for (const key of ['apiVersion', 'kind'])
        if (typeof value[key] !== 'string' || value[key] === '') this.#add(missing([...path, key], value[key]));
    return this.prune(value, schema, path, isResource);
  }

  #unknown(path: Path, free: readonly string[]): void {
    const near = nearest(String(path.at(-1)), free);
    if (near !== undefined) this.meant.add(pointerOf([...path.slice(0, -1), near]));
    this.#add(unknownField(path, near === undefined ? '' : `did you mean ${near}?`));
  }

  #add(problem: SchemaProblem): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }
}

const resourceFields: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** The fields that tell the items of a list apart, none when the items are compared as a whole; undefined: they may repeat. */
function listKeys(schema: Structural): readonly string[] | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return [];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys) || keys.length === 0) return undefined;
  return keys.every((key) => typeof key === 'string') ? keys : undefined;
}

/** The same value without bigints. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)]));
}
