import { append, groupBy } from '../group-by.ts';
import provided from './data/cluster-provided.json' with { type: 'json' };
import table from './data/producers.json' with { type: 'json' };
import { type Field, isObject, splitPointer } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import { fitsName, PatternIndex } from './name-pattern.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';
import { SlipIndex } from './slip.ts';

/** An entry of the table: how a controller names what it makes from an object of a kind. */
interface Entry {
  /** `Kind.group` of the object. */
  readonly kind: string;
  /** Only objects that have one of these annotations. */
  readonly annotations?: readonly string[];
  /** Pointer to a field; only objects that have it. */
  readonly with?: string;
  /** `Kind.group` of what is made. */
  readonly makes: string;
  /**
   * For each product the templates of its name, the first that can be filled in counts. `{/json/pointer}` stands for
   * a field of the object, with `*` for all items of a list; `*` outside of it for any text.
   */
  readonly names: readonly (readonly string[])[];
  /** Pointer to the namespace of the product when it is not the object's. */
  readonly namespace?: string;
  /** Whether it is made in many namespaces. */
  readonly everywhere?: boolean;
  /** Pointers to the keys of its data: to texts, or to maps whose keys they are. */
  readonly keys?: readonly string[];
  /** Pointers to fields that bring in more keys. */
  readonly keysUnless?: readonly string[];
}

/** A pointer, split at each `*` for all items of a list, into the names of properties. */
type Path = readonly (readonly string[])[];

/** A template, split into its fixed texts and its pointers. */
type Template = readonly (string | Path)[];

/** An entry with its pointers and templates read. */
interface Producer {
  readonly kind: string;
  readonly makes: string;
  readonly annotations: readonly string[] | undefined;
  readonly with: Path | undefined;
  readonly names: readonly (readonly Template[])[];
  readonly namespace: Path | undefined;
  readonly everywhere: boolean;
  readonly keys: readonly Path[] | undefined;
  readonly keysUnless: readonly Path[];
}

/** An object that is there: as it stands in Git, or made by a controller from one that does. */
export class Product {
  readonly name: string;
  readonly namespace: string | undefined;
  /** The object in Git. */
  readonly source: KubernetesObject;
  readonly #producer: Producer | undefined;

  /** @param producer of what is made; undefined for what stands in Git itself */
  constructor(name: string, namespace: string | undefined, source: KubernetesObject, producer?: Producer) {
    this.name = name;
    this.namespace = namespace;
    this.source = source;
    this.#producer = producer;
  }

  /** Whether it is in many namespaces. */
  get everywhere(): boolean {
    if (this.#producer !== undefined) return this.#producer.everywhere;
    return hasAnnotation(this.source, table.replicated);
  }

  /** The keys of its data; undefined when they are not all known, or when it has none. */
  get keys(): ReadonlySet<string> | undefined {
    const { root } = this.source;
    return this.#producer === undefined ? ownKeys(root) : keysOf(root, this.#producer);
  }
}

/** By what is made. */
const producers = groupBy((table.producers as readonly Entry[]).map(readEntry), ({ makes }) => makes);
const providedNames = new Map(
  Object.entries(provided.provided).map(([kind, names]) => {
    const patterns = names.filter((name) => name.includes('*'));
    return [kind, { exact: new Set(names), patterns }];
  }),
);

/** Whether clusters have an object of this kind and name without anybody's doing. */
export function isClusterProvided(kind: string, name: string): boolean {
  const names = providedNames.get(kind);
  if (names === undefined) return false;
  return names.exact.has(name) || names.patterns.some((pattern) => fitsName(pattern, name));
}

/** The objects of an index, and what controllers make from them. */
export function productsOf(index: ObjectIndex): Products {
  return new Products(index);
}

/** Looks up what an index has or makes. */
export class Products {
  readonly #index: ObjectIndex;
  readonly #kinds = new Map<string, ProductsOfKind>();

  constructor(index: ObjectIndex) {
    this.#index = index;
  }

  /** Everything of a kind with this name that may be in the namespace. */
  find(kind: string, namespace: string | undefined, name: string): Product[] {
    const { byName, patterns } = this.#of(kind);
    const named = byName.get(name);
    const fitting = patterns.find(name);
    const found = named === undefined ? fitting : [...named, ...fitting];
    return found.filter((product) => isIn(product, namespace));
  }

  /** Everything of a kind with this name, in any namespace. */
  named(kind: string, name: string): readonly Product[] {
    return this.#of(kind).byName.get(name) ?? [];
  }

  /** The names of everything of a kind that may be in the namespace. */
  names(kind: string, namespace: string | undefined): string[] {
    const all = [...this.#of(kind).byName];
    return all.flatMap(([name, products]) =>
      products.some((product) => isIn(product, namespace)) ? name : [],
    );
  }

  /** Whether there is anything of a kind that may be in the namespace. */
  hasAny(kind: string, namespace: string | undefined): boolean {
    const found = this.#of(kind);
    found.namespaces ??= new Set(
      found.all.map((product) => (product.everywhere ? undefined : product.namespace)),
    );
    if (namespace === undefined) return found.namespaces.size > 0;
    return found.namespaces.has(namespace) || found.namespaces.has(undefined);
  }

  /** The name of something of a kind in the namespace that a name is a slip of the pen for. */
  slip(kind: string, namespace: string | undefined, name: string): string | undefined {
    const found = this.#of(kind);
    found.slips ??= new SlipIndex(found.byName.keys());
    return found.slips.find(name, (other) => this.find(kind, namespace, other).length > 0);
  }

  #of(kind: string): ProductsOfKind {
    let found = this.#kinds.get(kind);
    if (found === undefined) {
      found = collect(this.#index, kind);
      this.#kinds.set(kind, found);
    }
    return found;
  }
}

interface ProductsOfKind {
  readonly all: readonly Product[];
  readonly byName: ReadonlyMap<string, readonly Product[]>;
  readonly patterns: PatternIndex<Product>;
  /** Undefined is among them when something may be in any namespace. Made when it is first asked for, as is the next. */
  namespaces?: ReadonlySet<string | undefined>;
  slips?: SlipIndex;
}

function isIn(product: Product, namespace: string | undefined): boolean {
  return mayShareNamespace(product.namespace, namespace) || product.everywhere;
}

function collect(index: ObjectIndex, kind: string): ProductsOfKind {
  const all = index.ofKind(kind).map((object) => new Product(object.name, object.namespace, object));
  for (const producer of producers.get(kind) ?? [])
    for (const object of index.ofKind(producer.kind)) addMade(all, object, producer);
  const byName = new Map<string, Product[]>();
  const patterns = new PatternIndex<Product>();
  for (const product of all)
    if (product.name.includes('*')) patterns.add(product.name, product);
    else append(byName, product.name, product);
  return { all, byName, patterns };
}

function addMade(all: Product[], object: KubernetesObject, producer: Producer): void {
  const { annotations, with: wanted, names, namespace } = producer;
  if (annotations !== undefined && !hasAnnotation(object, annotations)) return;
  const { root } = object;
  if (wanted !== undefined && valuesAlong(root, wanted).length === 0) return;
  const made = names.flatMap((choices) => firstFilled(choices, root));
  if (made.length === 0) return;
  const [at = object.namespace] = namespace === undefined ? [] : textsAlong(root, namespace);
  for (const name of new Set(made)) all.push(new Product(name, at, object, producer));
}

/** What the first of some templates that can be filled in stands for. */
function firstFilled(choices: readonly Template[], root: Field): string[] {
  for (const template of choices) {
    const names = expand(template, root);
    if (names.length > 0) return names;
  }
  return [];
}

function ownKeys(root: Field): ReadonlySet<string> | undefined {
  const keys = ['data', 'stringData', 'binaryData'].flatMap((map) => propertyNames(root.valueAt(map)));
  return keys.length === 0 || isFilledLater(root) ? undefined : new Set(keys);
}

function keysOf(root: Field, { keys, keysUnless }: Producer): ReadonlySet<string> | undefined {
  if (keys === undefined || keysUnless.some((path) => valuesAlong(root, path).length > 0)) return undefined;
  const known = keys.flatMap((path) =>
    valuesAlong(root, path).flatMap((value) => (typeof value === 'string' ? value : propertyNames(value))),
  );
  return known.length === 0 ? undefined : new Set(known);
}

function readEntry({ everywhere = false, keysUnless = [], ...entry }: Entry): Producer {
  const { kind, makes, annotations, names, namespace, keys } = entry;
  return {
    kind,
    makes,
    annotations,
    with: entry.with === undefined ? undefined : readPointer(entry.with),
    names: names.map((choices) => choices.map(readTemplate)),
    namespace: namespace === undefined ? undefined : readPointer(namespace),
    everywhere,
    keys: keys?.map(readPointer),
    keysUnless: keysUnless.map(readPointer),
  };
}

function readTemplate(template: string): Template {
  return template
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? readPointer(part.slice(1, -1)) : part));
}

function readPointer(pointer: string): Path {
  return pointer.split('/*').map(splitPointer);
}

/** What a template stands for; none when a field is missing. */
function expand(template: Template, root: Field): string[] {
  let texts = [''];
  for (const part of template) {
    const values = typeof part === 'string' ? [part] : textsAlong(root, part);
    texts = texts.flatMap((text) => values.map((value) => text + value));
  }
  return texts;
}

function textsAlong(root: Field, path: Path): string[] {
  return valuesAlong(root, path).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

/** The values that a path leads to. */
function valuesAlong(field: Field, path: Path, from = 0): unknown[] {
  const keys = path[from] ?? [];
  if (from < path.length - 1)
    return field
      .at(...keys)
      .items()
      .flatMap((item) => valuesAlong(item, path, from + 1));
  const value = field.valueAt(...keys);
  return isSet(value) ? [value] : [];
}

function propertyNames(map: unknown): string[] {
  return isObject(map) ? Object.keys(map) : [];
}

function hasAnnotation({ root }: KubernetesObject, keys: readonly string[]): boolean {
  const annotations = root.valueAt('metadata', 'annotations');
  return isObject(annotations) && keys.some((key) => isSet(annotations[key]));
}

/** Whether a controller adds keys to what stands in Git. */
function isFilledLater(root: Field): boolean {
  return ['annotations', 'labels'].some((name) => {
    const map = root.valueAt('metadata', name);
    return isObject(map) && table.filled.some((key) => isSet(map[key]));
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
