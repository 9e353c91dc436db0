import { isObject } from '../field.ts';
import { Compiler, type Constraints, type Structural } from './constraints.ts';

/** One part of a schema, read; the parts below are as they are written. */
export interface Part {
  readonly takesObjects: boolean;
  readonly takesLists: boolean;
  /** Whether its value is an object with apiVersion, kind and metadata. */
  readonly isResource: boolean;
  /** Schemas of the fields by name. */
  readonly properties: Structural;
  /** The schema of fields that have none of their own; true when they may be anything. */
  readonly others: unknown;
  /** Whether fields without a schema stay. */
  readonly keepsUnknown: boolean;
  /** Names and schemas of the fields that have a default. */
  readonly defaults: readonly (readonly [name: string, schema: Structural])[];
  /** The schema of the items of a list. */
  readonly items: unknown;
  /**
   * The fields by which the items of a list must differ; none when the items themselves must, undefined when nothing
   * must.
   */
  readonly listKeys: readonly string[] | undefined;
  readonly constraints: Constraints;
}

/** The parts of schemas. A schema may have thousands, so each is read when a value first needs it. */
export class Parts {
  readonly #parts = new Map<Structural, Part>();
  readonly #compiler = new Compiler();

  /** The part that is written so; undefined when this is no schema. */
  of(schema: unknown): Part | undefined {
    if (!isObject(schema)) return undefined;
    let part = this.#parts.get(schema);
    if (part === undefined) {
      part = readPart(schema, this.#compiler);
      this.#parts.set(schema, part);
    }
    return part;
  }
}

function readPart(schema: Structural, compiler: Compiler): Part {
  const { type, additionalProperties, items } = schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  return {
    takesObjects: type === 'object' || (type === undefined && isObject(schema.properties)),
    takesLists: type === 'array',
    isResource: schema['x-kubernetes-embedded-resource'] === true,
    properties,
    others: additionalProperties,
    keepsUnknown: additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true,
    defaults: Object.entries(properties).filter(
      (entry): entry is [string, Structural] => isObject(entry[1]) && (entry[1].default ?? null) !== null,
    ),
    items,
    listKeys: listKeys(schema),
    constraints: compiler.compile(schema),
  };
}

function listKeys(schema: Structural): readonly string[] | undefined {
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys } = schema;
  if (type === 'set') return [];
  if (type !== 'map' || !Array.isArray(keys) || keys.length === 0) return undefined;
  return keys.every((key) => typeof key === 'string') ? keys : undefined;
}
