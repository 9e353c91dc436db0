import { groupBy } from '../group-by.ts';
import provided from './data/cluster-provided.json' with { type: 'json' };
import table from './data/producers.json' with { type: 'json' };
import { type Field, isObject, isSet, splitPointer } from './field.ts';
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
    const found = this.#of(kind)
      .named(name)
      .filter((product) => isIn(product, namespace));
    for (const product of this.#of(kind).fitting(name)) if (isIn(product, namespace)) found.push(product);
    return found;
  }

  /** Everything of a kind with this name, in any namespace. */
  named(kind: string, name: string): readonly Product[] {
    return this.#of(kind).named(name);
  }

  /** The names of everything of a kind that may be in the namespace. */
  names(kind: string, namespace: string | undefined): string[] {
    return this.#of(kind).names.filter((name) =>
      this.named(kind, name).some((product) => isIn(product, namespace)),
    );
  }

  /** Whether there is anything of a kind that may be in the namespace. */
  hasAny(kind: string, namespace: string | undefined): boolean {
    const { namespaces } = this.#of(kind);
    if (namespace === undefined) return namespaces.size > 0;
    return namespaces.has(namespace) || namespaces.has(undefined);
  }

  /** The name of something of a kind in the namespace that a name is a slip of the pen for. */
  slip(kind: string, namespace: string | undefined, name: string): string | undefined {
    return this.#of(kind).slips.find(name, (other) => this.find(kind, namespace, other).length > 0);
  }

  #of(kind: string): ProductsOfKind {
    let found = this.#kinds.get(kind);
    if (found === undefined) {
      found = new ProductsOfKind(productsOfKind(this.#index, kind));
      this.#kinds.set(kind, found);
    }
    return found;
  }
}

/** What an index has or makes of a kind. What it looks up in is made when it is first asked for. */
class ProductsOfKind {
  readonly #named: readonly Product[];
  /** Those of which only a pattern of the name is known. */
  readonly #fitting: readonly Product[];
  #byName: ReadonlyMap<string, readonly Product[]> | undefined;
  #patterns: PatternIndex<Product> | undefined;
  #namespaces: ReadonlySet<string | undefined> | undefined;
  #slips: SlipIndex | undefined;

  constructor(all: readonly Product[]) {
    this.#fitting = all.filter(({ name }) => name.includes('*'));
    this.#named = this.#fitting.length === 0 ? all : all.filter(({ name }) => !name.includes('*'));
  }

  named(name: string): readonly Product[] {
    if (this.#named.length <= few) return this.#named.filter((product) => product.name === name);
    this.#byName ??= groupBy(this.#named, (product) => product.name);
    return this.#byName.get(name) ?? [];
  }

  fitting(name: string): readonly Product[] {
    if (this.#fitting.length === 0) return this.#fitting;
    this.#patterns ??= patternIndex(this.#fitting);
    return this.#patterns.find(name);
  }

  /** Each once. */
  get names(): string[] {
    return [...new Set(this.#named.map(({ name }) => name))];
  }

  /** Undefined is among them when something may be in any namespace. */
  get namespaces(): ReadonlySet<string | undefined> {
    this.#namespaces ??= new Set(
      [...this.#named, ...this.#fitting].map((product) =>
        product.everywhere ? undefined : product.namespace,
      ),
    );
    return this.#namespaces;
  }

  get slips(): SlipIndex {
    this.#slips ??= new SlipIndex(this.names);
    return this.#slips;
  }
}

/** As many products are looked at one after the other sooner than they are grouped. */
const few = 20;

function patternIndex(products: readonly Product[]): PatternIndex<Product> {
  const patterns = new PatternIndex<Product>();
  for (const product of products) patterns.add(product.name, product);
  return patterns;
}

function isIn(product: Product, namespace: string | undefined): boolean {
  return mayShareNamespace(product.namespace, namespace) || product.everywhere;
}

function productsOfKind(index: ObjectIndex, kind: string): Product[] {
  const all = index.ofKind(kind).map((object) => new Product(object.name, object.namespace, object));
  for (const producer of producers.get(kind) ?? [])
    for (const object of index.ofKind(producer.kind)) addMade(all, object, producer);
  return all;
}

function addMade(all: Product[], object: KubernetesObject, producer: Producer): void {
  const { annotations, with: wanted, names, namespace } = producer;
  if (annotations !== undefined && !hasAnnotation(object, annotations)) return;
  const { root } = object;
  if (wanted !== undefined && valuesAlong(root, wanted).length === 0) return;
  const made = names.flatMap((choices) => firstFilled(choices, root));
  if (made.length === 0) return;
  const [at = object.namespace] = namespace === undefined ? [] : textsAlong(root, namespace);
  for (const name of made.length === 1 ? made : new Set(made))
    all.push(new Product(name, at, object, producer));
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
  const [first, ...rest] = template;
  if (rest.length === 0 && typeof first === 'object') return textsAlong(root, first);
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
