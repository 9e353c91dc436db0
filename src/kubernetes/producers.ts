import { groupBy } from '../group-by.ts';
import provided from './data/cluster-provided.json' with { type: 'json' };
import table from './data/producers.json' with { type: 'json' };
import { type Field, isObject, isSet, splitPointer, valueIn } from './field.ts';
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
  /** In the table, 0-based. */
  readonly place: number;
  readonly kind: string;
  readonly makes: string;
  readonly annotations: readonly string[] | undefined;
  readonly with: Path | undefined;
  readonly names: readonly (readonly Template[])[];
  readonly namespace: Path | undefined;
  readonly everywhere: boolean;
  readonly keys: readonly Path[] | undefined;
  readonly keysUnless: readonly Path[];
  /** When only patterns of the names are known, for each template the texts that are in what fits it. */
  readonly marks: readonly (readonly string[])[] | undefined;
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

/** By what is made, then by the kind of object that it is made from. */
const producers: ReadonlyMap<string, ReadonlyMap<string, readonly Producer[]>> = new Map(
  [...groupBy((table.producers as readonly Entry[]).map(readEntry), ({ makes }) => makes)].map(
    ([makes, all]) => [makes, groupBy(all, ({ kind }) => kind)],
  ),
);
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

  /** Whether there is anything of a kind with this name that may be in the namespace. */
  has(kind: string, namespace: string | undefined, name: string): boolean {
    // Most stand in Git, where a look at a few objects is less work than to know what all of them make.
    const own = this.#index.ofKind(kind);
    if (own.length === 0 && !producers.has(kind)) return false;
    if (own.length <= few)
      for (const object of own)
        if (object.name === name && mayShareNamespace(object.namespace, namespace)) return true;
    return this.find(kind, namespace, name).length > 0;
  }

  /** Everything of a kind with this name that may be in the namespace. */
  find(kind: string, namespace: string | undefined, name: string): Product[] {
    const all = this.#of(kind);
    const found = all.named(name).filter((product) => isIn(product, namespace));
    for (const product of all.fitting(name)) if (isIn(product, namespace)) found.push(product);
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
      found = new ProductsOfKind(this.#index, kind);
      this.#kinds.set(kind, found);
    }
    return found;
  }
}

/** What an index has or makes of a kind. What it looks up in is made when it is first asked for. */
class ProductsOfKind {
  readonly #index: ObjectIndex;
  readonly #named: Product[] = [];
  /** Those of which only a pattern of the name is known, but for what `#vague` makes. */
  readonly #fitting: Product[] = [];
  /** What makes only things of which the names are not known. */
  readonly #vague: readonly Producer[];
  #byName: ReadonlyMap<string, readonly Product[]> | undefined;
  #patterns: PatternIndex<Product> | undefined;
  #namespaces: ReadonlySet<string | undefined> | undefined;
  #slips: SlipIndex | undefined;

  constructor(index: ObjectIndex, kind: string) {
    this.#index = index;
    for (const object of index.ofKind(kind)) this.#add(new Product(object.name, object.namespace, object));
    const makers = producersIn(index, kind);
    this.#vague = makers.filter(({ marks }) => marks !== undefined);
    for (const product of this.#madeBy(makers.filter(({ marks }) => marks === undefined))) this.#add(product);
  }

  named(name: string): readonly Product[] {
    if (this.#named.length <= few) return this.#named.filter((product) => product.name === name);
    this.#byName ??= groupBy(this.#named, (product) => product.name);
    return this.#byName.get(name) ?? [];
  }

  fitting(name: string): readonly Product[] {
    const mayFit = this.#fitting.length > 0 || this.#vague.some(({ marks }) => hasMarks(name, marks));
    if (!mayFit) return [];
    this.#patterns ??= patternIndex([...this.#fitting, ...this.#madeBy(this.#vague)]);
    return this.#patterns.find(name);
  }

  /** Each once. */
  get names(): string[] {
    return [...new Set(this.#named.map(({ name }) => name))];
  }

  /** Undefined is among them when something may be in any namespace. */
  get namespaces(): ReadonlySet<string | undefined> {
    this.#namespaces ??= new Set(
      [...this.#named, ...this.#fitting, ...this.#madeBy(this.#vague)].map((product) =>
        product.everywhere ? undefined : product.namespace,
      ),
    );
    return this.#namespaces;
  }

  get slips(): SlipIndex {
    this.#slips ??= new SlipIndex(this.names);
    return this.#slips;
  }

  #add(product: Product): void {
    if (product.name.includes('*')) this.#fitting.push(product);
    else this.#named.push(product);
  }

  #madeBy(makers: readonly Producer[]): Product[] {
    const made: Product[] = [];
    for (const producer of makers)
      for (const object of this.#index.ofKind(producer.kind)) addMade(made, object, producer);
    return made;
  }
}

/** Whether a name has all the fixed texts of one of some patterns. */
function hasMarks(name: string, marks: Producer['marks'] = []): boolean {
  return marks.some((texts) => texts.every((text) => name.includes(text)));
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

/** What makes objects of a kind from those of an index, in the order of the table. */
function producersIn(index: ObjectIndex, makes: string): Producer[] {
  const found: Producer[] = [];
  const byKind = producers.get(makes);
  if (byKind !== undefined) for (const kind of index.kinds) found.push(...(byKind.get(kind) ?? []));
  return found.sort((a, b) => a.place - b.place);
}

function addMade(all: Product[], object: KubernetesObject, producer: Producer): void {
  const { annotations, with: wanted, names, namespace } = producer;
  if (annotations !== undefined && !hasAnnotation(object, annotations)) return;
  const root = object.root.value;
  if (wanted !== undefined && valuesAlong(root, wanted).length === 0) return;
  const made: string[] = [];
  for (const choices of names) addFirstFilled(choices, root, made);
  if (made.length === 0) return;
  const [at = object.namespace] = namespace === undefined ? [] : textsAlong(root, namespace);
  for (const name of made.length === 1 ? made : new Set(made))
    all.push(new Product(name, at, object, producer));
}

/** Adds what the first of some templates that can be filled in stands for. */
function addFirstFilled(choices: readonly Template[], root: unknown, names: string[]): void {
  const before = names.length;
  for (const template of choices) {
    addNames(template, root, names);
    if (names.length > before) return;
  }
}

function ownKeys(root: Field): ReadonlySet<string> | undefined {
  const keys = ['data', 'stringData', 'binaryData'].flatMap((map) => propertyNames(root.valueAt(map)));
  return keys.length === 0 || isFilledLater(root) ? undefined : new Set(keys);
}

function keysOf({ value: root }: Field, { keys, keysUnless }: Producer): ReadonlySet<string> | undefined {
  if (keys === undefined || keysUnless.some((path) => valuesAlong(root, path).length > 0)) return undefined;
  const known = keys.flatMap((path) =>
    valuesAlong(root, path).flatMap((value) => (typeof value === 'string' ? value : propertyNames(value))),
  );
  return known.length === 0 ? undefined : new Set(known);
}

function readEntry({ everywhere = false, keysUnless = [], ...entry }: Entry, place: number): Producer {
  const { kind, makes, annotations, names, namespace, keys } = entry;
  return {
    place,
    kind,
    makes,
    annotations,
    with: entry.with === undefined ? undefined : readPointer(entry.with),
    names: names.map((choices) => choices.map(readTemplate)),
    namespace: namespace === undefined ? undefined : readPointer(namespace),
    everywhere,
    keys: keys?.map(readPointer),
    keysUnless: keysUnless.map(readPointer),
    marks: marksOf(names.flat()),
  };
}

/** The fixed texts of templates of which each has a `*`; undefined when one has none. */
function marksOf(templates: readonly string[]): string[][] | undefined {
  const texts = templates.map((template) => template.replaceAll(/\{[^}]*\}/g, '\n'));
  if (!texts.every((text) => text.includes('*'))) return undefined;
  return texts.map((text) => text.split(/[*\n]/));
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

/**
 * Adds what a template stands for; nothing when a field is missing.
 * @param start what its parts before `from` stand for
 */
function addNames(template: Template, root: unknown, names: string[], start = '', from = 0): void {
  const part = template[from];
  if (part === undefined) names.push(start);
  else if (typeof part === 'string') addNames(template, root, names, start + part, from + 1);
  else for (const text of textsAlong(root, part)) addNames(template, root, names, start + text, from + 1);
}

function textsAlong(root: unknown, path: Path): string[] {
  const texts: string[] = [];
  for (const value of valuesAlong(root, path))
    if (typeof value === 'string' && value !== '') texts.push(value);
  return texts;
}

/** The values that a path leads to. */
function valuesAlong(root: unknown, path: Path): unknown[] {
  const found: unknown[] = [];
  addValuesAlong(root, path, 0, found);
  return found;
}

/** @param from which part of the path starts at the value */
function addValuesAlong(value: unknown, path: Path, from: number, found: unknown[]): void {
  const at = valueIn(value, path[from] ?? []);
  if (from === path.length - 1) {
    if (isSet(at)) found.push(at);
  } else if (Array.isArray(at)) for (const item of at) addValuesAlong(item, path, from + 1, found);
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
