import { groupBy } from '../group-by.ts';
import type { KubernetesObject } from './object.ts';

/** So many objects are looked through as fast as a table of them is made. */
const few = 8;

/** An index over a set of objects. Lists keep the order in which the objects were given. */
export class ObjectIndex<T extends KubernetesObject = KubernetesObject> {
  readonly #all: readonly T[];
  readonly #kinds: ReadonlyMap<string, readonly T[]>;
  /** By kind, its objects by name and by namespace; made when they are first asked for, as is the last. */
  readonly #byName = new Map<string, ReadonlyMap<string, readonly T[]>>();
  readonly #byNamespace = new Map<string, ReadonlyMap<string, readonly T[]>>();
  #allByNamespace: ReadonlyMap<string, readonly T[]> | undefined;
  #members: ReadonlySet<unknown> | undefined;
  readonly #derived = new Map<unknown, unknown>();

  constructor(objects: readonly T[]) {
    this.#all = objects;
    this.#kinds = groupBy(objects, ({ groupKind }) => groupKind);
  }

  /** All objects. */
  get all(): readonly T[] {
    return this.#all;
  }

  /** The kinds that it has objects of, as `Kind.group`, the kind alone for the core group. */
  get kinds(): Iterable<string> {
    return this.#kinds.keys();
  }

  /** All objects of these kinds (`Kind.group`, the kind alone for the core group), whatever their version. */
  ofKind(...kinds: readonly string[]): readonly T[] {
    const [kind] = kinds;
    if (kinds.length === 1 && kind !== undefined) return this.#kinds.get(kind) ?? none;
    return kinds.flatMap((each) => this.#kinds.get(each) ?? none);
  }

  /** Objects of one kind that name this namespace; undefined: those that name none. */
  ofKindIn(kind: string, namespace: string | undefined): readonly T[] {
    let groups = this.#byNamespace.get(kind);
    if (groups === undefined) {
      groups = groupBy(this.#kinds.get(kind) ?? [], namespaceOf);
      this.#byNamespace.set(kind, groups);
    }
    return groups.get(namespace ?? '') ?? none;
  }

  /** Objects of a kind by name. `namespace` undefined: cluster-scoped objects and those that do not name one. */
  find(kind: string, namespace: string | undefined, name: string): readonly T[] {
    const objects = this.#kinds.get(kind) ?? none;
    const wanted = namespace ?? '';
    if (objects.length <= few)
      return objects.filter((object) => object.name === name && namespaceOf(object) === wanted);
    let groups = this.#byName.get(kind);
    if (groups === undefined) {
      groups = groupBy(objects, (object) => `${namespaceOf(object)}\n${object.name}`);
      this.#byName.set(kind, groups);
    }
    return groups.get(`${wanted}\n${name}`) ?? none;
  }

  /** All objects that name this namespace; undefined: those that name none. */
  inNamespace(namespace: string | undefined): readonly T[] {
    this.#allByNamespace ??= groupBy(this.#all, namespaceOf);
    return this.#allByNamespace.get(namespace ?? '') ?? none;
  }

  /**
   * Whether this very object is among them. What is looked up in the index of the repository, of which there is one, is
   * so found in that of an environment, of which there are many.
   */
  has(object: KubernetesObject): boolean {
    this.#members ??= new Set(this.#all);
    return this.#members.has(object);
  }

  /** What `derive` makes of this index, made once: for look-ups that many rules or objects need. */
  derived<V>(derive: (index: ObjectIndex<T>) => V): V {
    let value = this.#derived.get(derive) as V | undefined;
    if (value === undefined) {
      value = derive(this);
      this.#derived.set(derive, value);
    }
    return value;
  }
}

/**
 * Several indexes that have no object in common, as one. What they look up is merged when it is asked for, so that many
 * indexes with most objects in common cost little.
 */
export class JointIndex<T extends KubernetesObject = KubernetesObject> extends ObjectIndex<T> {
  readonly #parts: readonly ObjectIndex<T>[];
  readonly #order: (object: T) => number;
  readonly #ofKind = new Map<string, readonly T[]>();
  #everything: readonly T[] | undefined;

  /** @param order The place of an object among all. */
  constructor(parts: readonly ObjectIndex<T>[], order: (object: T) => number) {
    super([]);
    this.#parts = parts;
    this.#order = order;
  }

  override get all(): readonly T[] {
    this.#everything ??= this.#merged((part) => part.all);
    return this.#everything;
  }

  override get kinds(): Iterable<string> {
    return new Set(this.#parts.flatMap(({ kinds }) => [...kinds]));
  }

  override ofKind(...kinds: readonly string[]): readonly T[] {
    const [kind] = kinds;
    if (kinds.length !== 1 || kind === undefined) return kinds.flatMap((each) => this.ofKind(each));
    let objects = this.#ofKind.get(kind);
    if (objects === undefined) {
      objects = this.#merged((part) => part.ofKind(kind));
      this.#ofKind.set(kind, objects);
    }
    return objects;
  }

  override ofKindIn(kind: string, namespace: string | undefined): readonly T[] {
    return this.#merged((part) => part.ofKindIn(kind, namespace));
  }

  override find(kind: string, namespace: string | undefined, name: string): readonly T[] {
    return this.#merged((part) => part.find(kind, namespace, name));
  }

  override inNamespace(namespace: string | undefined): readonly T[] {
    return this.#merged((part) => part.inNamespace(namespace));
  }

  override has(object: KubernetesObject): boolean {
    return this.#parts.some((part) => part.has(object));
  }

  #merged(listOf: (part: ObjectIndex<T>) => readonly T[]): readonly T[] {
    const lists = this.#parts.map(listOf).filter(({ length }) => length > 0);
    if (lists.length <= 1) return lists[0] ?? none;
    return lists.flat().sort((a, b) => this.#order(a) - this.#order(b));
  }
}

/** What cross-object rules ask: first the objects that are applied together, then wider and wider. */
export interface Inventory<T extends KubernetesObject = KubernetesObject> {
  /** Objects of the same target as the object under check. */
  readonly target: ObjectIndex<T>;
  /**
   * Objects that may be in the same cluster: those of `target`, and of all targets that are neither of another environment
   * nor an alternative to it, such as an overlay of the same base or the same chart with other values.
   */
  readonly environment: ObjectIndex<T>;
  /** Everything in the repository, also what could not be built, and the project files (`projectKinds`). */
  readonly repository: ObjectIndex<T>;
  /** False when something that belongs to the target is not among its objects: a remote base, an unreadable file. */
  readonly complete: boolean;
  /** Where the target belongs, such as `production`; undefined when nothing tells. */
  readonly environmentName: string | undefined;
}

/** How near to the object under check something is. */
export type Reach = 'target' | 'environment' | 'repository';

/** The nearest index in which `isIn` holds; undefined when it holds in none. */
export function whereFound<T extends KubernetesObject>(
  inventory: Inventory<T>,
  isIn: (index: ObjectIndex<T>) => boolean,
): Reach | undefined {
  if (isIn(inventory.target)) return 'target';
  if (isIn(inventory.environment)) return 'environment';
  return isIn(inventory.repository) ? 'repository' : undefined;
}

const none: readonly never[] = [];

const namespaceOf = (object: KubernetesObject) => object.namespace ?? '';
