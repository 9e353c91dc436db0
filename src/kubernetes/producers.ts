import { groupBy } from '../group-by.ts';
import provided from './data/cluster-provided.json' with { type: 'json' };
import table from './data/producers.json' with { type: 'json' };
import { type Field, isObject, splitPointer } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import { fitsName, PatternIndex } from './name-pattern.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';
import { SlipIndex } from './slip.ts';

/** How a controller names what it makes from an object of a kind. */
interface Producer {
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

/** An object that is there: as it stands in Git, or made by a controller from one that does. */
export interface Product {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly everywhere: boolean;
  /** The object in Git. */
  readonly source: KubernetesObject;
  /** The keys of its data; undefined when they are not all known, or when it has none. */
  readonly keys: ReadonlySet<string> | undefined;
}

/** A template, split into its fixed texts and the tokens of its pointers. */
type Template = readonly (string | readonly string[])[];

/** By what is made. */
const producers = groupBy(
  (table.producers as readonly Producer[]).map((producer) => ({
    ...producer,
    templates: producer.names.map((names) => names.map(readTemplate)),
  })),
  ({ makes }) => makes,
);
const providedNames = new Map<string, readonly string[]>(Object.entries(provided.provided));

/** Whether clusters have an object of this kind and name without anybody's doing. */
export function isClusterProvided(kind: string, name: string): boolean {
  return (providedNames.get(kind) ?? []).some((pattern) => fitsName(pattern, name));
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
    return [...(byName.get(name) ?? []), ...patterns.find(name)].filter((product) =>
      isIn(product, namespace),
    );
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
    const { namespaces } = this.#of(kind);
    if (namespace === undefined) return namespaces.size > 0;
    return namespaces.has(namespace) || namespaces.has(undefined);
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
  readonly byName: ReadonlyMap<string, readonly Product[]>;
  readonly patterns: PatternIndex<Product>;
  /** Undefined is among them when something may be in any namespace. */
  readonly namespaces: ReadonlySet<string | undefined>;
  /** Made when it is first asked for. */
  slips?: SlipIndex;
}

function isIn(product: Product, namespace: string | undefined): boolean {
  return product.everywhere || mayShareNamespace(product.namespace, namespace);
}

function collect(index: ObjectIndex, kind: string): ProductsOfKind {
  const byName = new Map<string, Product[]>();
  const patterns = new PatternIndex<Product>();
  const namespaces = new Set<string | undefined>();
  const add = (product: Product) => {
    namespaces.add(product.everywhere ? undefined : product.namespace);
    if (product.name.includes('*')) patterns.add(product.name, product);
    else {
      const same = byName.get(product.name);
      if (same === undefined) byName.set(product.name, [product]);
      else same.push(product);
    }
  };
  for (const object of index.ofKind(kind)) add(itself(object));
  for (const producer of producers.get(kind) ?? [])
    for (const object of index.ofKind(producer.kind))
      for (const product of productsOfObject(object, producer, producer.templates)) add(product);
  return { byName, patterns, namespaces };
}

function itself(object: KubernetesObject): Product {
  const { root, name, namespace } = object;
  return {
    name,
    namespace,
    everywhere: hasAnnotation(object, table.replicated),
    source: object,
    // Few of all that are there are asked for their keys.
    get keys() {
      const keys = ['data', 'stringData', 'binaryData'].flatMap((map) => propertyNames(root.at(map)));
      return keys.length === 0 || isFilledLater(object) ? undefined : new Set(keys);
    },
  };
}

function productsOfObject(
  object: KubernetesObject,
  producer: Producer,
  templates: readonly (readonly Template[])[],
): Product[] {
  if (producer.annotations !== undefined && !hasAnnotation(object, producer.annotations)) return [];
  if (producer.with !== undefined && fieldsAt(object.root, producer.with).length === 0) return [];
  const at = producer.namespace === undefined ? [] : valuesAt(object.root, producer.namespace);
  const names = templates.flatMap(
    (choices) => choices.map((template) => expand(template, object.root)).find(isFilled) ?? [],
  );
  return [...new Set(names)].map((name) => ({
    name,
    namespace: at[0] ?? object.namespace,
    everywhere: producer.everywhere ?? false,
    source: object,
    get keys() {
      return keysOf(object.root, producer);
    },
  }));
}

function keysOf(root: Field, { keys, keysUnless = [] }: Producer): ReadonlySet<string> | undefined {
  if (keys === undefined || keysUnless.some((pointer) => fieldsAt(root, pointer).length > 0))
    return undefined;
  const known = keys.flatMap((pointer) =>
    fieldsAt(root, pointer).flatMap((field) => field.string ?? propertyNames(field)),
  );
  return known.length === 0 ? undefined : new Set(known);
}

function readTemplate(template: string): Template {
  return template
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith('{') ? splitPointer(part.slice(1, -1)) : part));
}

/** What a template stands for; none when a field is missing. */
function expand(template: Template, root: Field): string[] {
  let texts = [''];
  for (const part of template) {
    const values = typeof part === 'string' ? [part] : valuesOf(fieldsAlong(root, part));
    texts = texts.flatMap((text) => values.map((value) => text + value));
  }
  return texts;
}

function isFilled(names: readonly string[]): boolean {
  return names.length > 0;
}

function valuesAt(root: Field, pointer: string): string[] {
  return valuesOf(fieldsAt(root, pointer));
}

function valuesOf(fields: readonly Field[]): string[] {
  return fields.flatMap(({ string }) => string || []);
}

/** The fields that a JSON pointer leads to; `*` stands for all items of a list. */
function fieldsAt(root: Field, pointer: string): Field[] {
  return fieldsAlong(root, splitPointer(pointer));
}

function fieldsAlong(root: Field, tokens: readonly string[]): Field[] {
  let fields = [root];
  for (const token of tokens)
    fields = fields.flatMap((field) => (token === '*' ? field.items() : [field.at(token)]));
  return fields.filter(({ exists }) => exists);
}

function propertyNames(map: Field): string[] {
  return isObject(map.value) ? Object.keys(map.value) : [];
}

function hasAnnotation({ root }: KubernetesObject, keys: readonly string[]): boolean {
  const annotations = root.at('metadata', 'annotations');
  return annotations.exists && keys.some((key) => annotations.at(key).exists);
}

/** Whether a controller adds keys to what stands in Git. */
function isFilledLater({ root }: KubernetesObject): boolean {
  return ['annotations', 'labels'].some((name) => {
    const map = root.at('metadata', name);
    return map.exists && table.filled.some((key) => map.at(key).exists);
  });
}
