import { isObject } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { type Demand, leaves } from './leaf.ts';
import {
  fieldName,
  mismatch,
  missing,
  nearest,
  notOneOf,
  type Path,
  problemLimit,
  type SchemaProblem,
  unknownField,
} from './problem.ts';

/**
 * Field types by name, by definition, as kubernetes.json has them. A definition is named by its API version and type
 * (`apps/v1/DeploymentSpec`); it is a kind when it says so (`"kind": "=Deployment"`). A field type reads:
 * `!` required, then `[]` list of or `{}` map of, then `=A|B` one of these strings, the name of a definition, or a leaf.
 */
export type Definitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Type =
  | { readonly is: 'list'; readonly of: Type }
  | { readonly is: 'map'; readonly of: Type }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'object'; readonly definition: Definition }
  | { readonly is: 'leaf'; readonly demands: readonly Demand[] };

/** One definition of the table. What its fields are is read when it is first needed. */
class Definition {
  readonly #words: readonly (readonly [field: string, word: string])[];
  readonly #schemas: BuiltinSchemas;
  #fields: ReadonlyMap<string, Type> | undefined;
  #required: readonly string[] | undefined;

  constructor(words: Readonly<Record<string, string>>, schemas: BuiltinSchemas) {
    this.#words = Object.entries(words);
    this.#schemas = schemas;
  }

  get fields(): ReadonlyMap<string, Type> {
    this.#fields ??= new Map(
      this.#words.map(([field, word]) => [field, readType(word.replace(/^!/, ''), this.#schemas)]),
    );
    return this.#fields;
  }

  get required(): readonly string[] {
    this.#required ??= this.#words.filter(([, word]) => word.startsWith('!')).map(([field]) => field);
    return this.#required;
  }
}

/** Loads the schemas of the built-in kinds of Kubernetes. */
export async function loadBuiltinSchemas(): Promise<BuiltinSchemas> {
  const { default: table } = await import('./kubernetes.json', { with: { type: 'json' } });
  return new BuiltinSchemas(table.definitions);
}

/** The schemas of the built-in kinds. */
export class BuiltinSchemas {
  readonly #table: Definitions;
  readonly #definitions = new Map<string, Definition>();
  /** The names of their definitions by kind, by API version. */
  readonly #kinds = new Map<string, Map<string, string>>();

  constructor(table: Definitions) {
    this.#table = table;
    for (const name of Object.keys(table)) {
      const slash = name.lastIndexOf('/');
      const [apiVersion, kind] = [name.slice(0, slash), name.slice(slash + 1)];
      if (table[name]?.kind !== `=${kind}`) continue;
      const kinds = this.#kinds.get(apiVersion);
      if (kinds === undefined) this.#kinds.set(apiVersion, new Map([[kind, name]]));
      else kinds.set(kind, name);
    }
  }

  /** What is wrong with an object; undefined when its kind, in this API version, is not built in. */
  problems({ apiVersion, kind, root }: KubernetesObject): SchemaProblem[] | undefined {
    const name = this.#kinds.get(apiVersion)?.get(kind);
    return name === undefined ? undefined : this.problemsOf(root.value, name, [], kind === 'Secret');
  }

  /** Whether an object's kind, in this API version, is built in. */
  knows({ apiVersion, kind }: KubernetesObject): boolean {
    return this.#kinds.get(apiVersion)?.has(kind) ?? false;
  }

  /**
   * What is wrong with a part of an object.
   * @param name Its definition, such as `meta/v1/ObjectMeta`.
   * @param path Where the part stands in its object.
   * @param secret Whether its values must not be told.
   */
  problemsOf(value: unknown, name: string, path: Path, secret = false): SchemaProblem[] {
    const root: Type = { is: 'object', definition: this.definition(name) };
    const walk = new Walk(root, path, secret);
    walk.value(value, root);
    return walk.problems;
  }

  /** The definition of a name that the table has; without fields for any other. */
  definition(name: string): Definition {
    let definition = this.#definitions.get(name);
    if (definition === undefined) {
      definition = new Definition(this.#table[name] ?? {}, this);
      this.#definitions.set(name, definition);
    }
    return definition;
  }
}

interface Below {
  /** Fields from the current path, each with a dot before it. */
  readonly name: string;
  readonly definition: Definition;
}

/** One pass over a value. */
class Walk {
  readonly problems: SchemaProblem[] = [];
  /** Type of the value at the start. */
  readonly #root: Type;
  /** Length of the path at the start. */
  readonly #start: number;
  readonly #path: (string | number)[];
  readonly #secret: boolean;

  constructor(root: Type, path: Path, secret: boolean) {
    this.#root = root;
    this.#start = path.length;
    this.#path = [...path];
    this.#secret = secret;
  }

  value(value: unknown, type: Type): void {
    if (type.is === 'leaf') this.#leaf(value, type.demands);
    else if (type.is === 'enum') this.#enum(value, type.values);
    else if (type.is === 'list') this.#list(value, type.of);
    else if (!isObject(value)) this.#mismatch('an object', value);
    else if (type.is === 'map') this.#map(value, type.of);
    else this.#object(value, type.definition);
  }

  #leaf(value: unknown, demands: readonly Demand[]): void {
    const broken = brokenOf(demands, value);
    if (broken !== undefined) this.#mismatch(broken.expected, value, broken.kind);
  }

  #enum(value: unknown, values: readonly string[]): void {
    if (typeof value !== 'string') this.#mismatch('a string', value);
    // To the API server an empty string is most often no value.
    else if (value !== '' && !values.includes(value) && !this.#isStatus)
      this.#add(notOneOf(this.#path, values, value));
  }

  #list(value: unknown, of: Type): void {
    if (!Array.isArray(value)) this.#mismatch('a list', value);
    else
      for (let index = 0; index < value.length; index++)
        // Go reads null as an item without content.
        if (value[index] !== null || needsContent(of)) this.#inside(index, value[index], of);
  }

  #map(value: Record<string, unknown>, of: Type): void {
    for (const key in value) if (value[key] !== null) this.#inside(key, value[key], of);
  }

  #object(value: Record<string, unknown>, definition: Definition): void {
    const unknown: string[] = [];
    const { fields, required } = definition;
    for (const key in value) {
      const type = fields.get(key);
      const inner = value[key];
      if (type === undefined) unknown.push(key);
      else if (inner !== null) this.#inside(key, inner, type);
    }
    const meant = unknown.length === 0 ? [] : this.#unknown(unknown, value, definition);
    if (this.#isStatus) return;
    for (const name of required)
      if ((value[name] ?? null) === null && !meant.includes(name))
        this.#add(missing([...this.#path, name], value[name]));
  }

  /** Tells of unknown fields; returns those that they were most likely meant to be. */
  #unknown(keys: readonly string[], value: Record<string, unknown>, definition: Definition): string[] {
    const free = [...definition.fields.keys()].filter((name) => !Object.hasOwn(value, name));
    return keys.flatMap((key) => {
      const near = nearest(key, free);
      const isRequired = near !== undefined && definition.required.includes(near);
      const place = isRequired ? undefined : this.#elsewhere(key, definition);
      const hint = near === undefined ? '' : `did you mean ${near}?`;
      this.#add(unknownField([...this.#path, key], place === undefined ? hint : `it belongs in ${place}.`));
      return near ?? [];
    });
  }

  /**
   * The place that has a field that is unknown at the current path: an object around it, or the only one among those
   * one or two fields below.
   */
  #elsewhere(key: string, here: Definition): string | undefined {
    const length = this.#around().findLastIndex((definition) => definition?.fields.has(key));
    if (length >= 0) return fieldName(this.#path.slice(0, this.#start + length)) || 'the top level';
    let level: Below[] = [{ name: '', definition: here }];
    for (let depth = 1; depth <= 2; depth++) {
      level = level.flatMap((each) => this.#below(each));
      const found = level.filter(({ definition }) => definition.fields.has(key));
      if (found.length > 1) return undefined;
      if (found[0] !== undefined) return (fieldName(this.#path) + found[0].name).replace(/^\./, '');
    }
    return undefined;
  }

  #below({ name, definition }: Below): Below[] {
    return [...definition.fields].flatMap(([field, type]) => {
      const list = type.is === 'list';
      const item = list ? type.of : type;
      if (item.is !== 'object' || field === 'status') return [];
      return [{ name: `${name}.${field}${list ? '[]' : ''}`, definition: item.definition }];
    });
  }

  /** The definitions of the objects around the current path, the outermost first; a list or a map has none. */
  #around(): (Definition | undefined)[] {
    let type: Type | undefined = this.#root;
    return this.#path.slice(this.#start).map((key) => {
      const definition = type?.is === 'object' ? type.definition : undefined;
      type = type?.is === 'list' || type?.is === 'map' ? type.of : definition?.fields.get(String(key));
      return definition;
    });
  }

  #inside(key: string | number, value: unknown, type: Type): void {
    // What most are: the path is of use only where something is wrong, or below.
    if (
      type.is === 'leaf' ? !brokenOf(type.demands, value) : type.is === 'enum' && isOneOf(type.values, value)
    )
      return;
    this.#path.push(key);
    this.value(value, type);
    this.#path.pop();
  }

  /** The API server replaces the status on writes, so it is read but not validated. */
  get #isStatus(): boolean {
    return this.#path[0] === 'status';
  }

  #mismatch(expected: string, value: unknown, kind: 'type' | 'format' | 'value' = 'type'): void {
    this.#add(mismatch(this.#path, expected, value, { kind, secret: this.#secret }));
  }

  #add(problem: SchemaProblem): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }
}

/** The first demand that a value does not meet. */
function brokenOf(demands: readonly Demand[], value: unknown): Demand | undefined {
  for (const demand of demands) if (!demand.accepts(value)) return demand;
  return undefined;
}

function isOneOf(values: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && values.includes(value);
}

function needsContent(type: Type): boolean {
  return type.is === 'object' && type.definition.required.length > 0;
}

function readType(word: string, schemas: BuiltinSchemas): Type {
  const collection = word.slice(0, 2);
  if (collection === '[]' || collection === '{}')
    return { is: collection === '[]' ? 'list' : 'map', of: readType(word.slice(2), schemas) };
  if (word.startsWith('=')) return { is: 'enum', values: word.slice(1).split('|') };
  const demands = leaves[word];
  return demands === undefined
    ? { is: 'object', definition: schemas.definition(word) }
    : { is: 'leaf', demands };
}
