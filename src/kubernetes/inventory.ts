import { groupBy } from '../group-by.ts';
import type { KubernetesObject } from './object.ts';

/** An index over a set of objects. Lists keep the order in which the objects were given. */
export class ObjectIndex<T extends KubernetesObject = KubernetesObject> {
  readonly #kinds: ReadonlyMap<string, readonly T[]>;
  /** All objects. */
  readonly all: readonly T[];
  /** By kind, its objects by name and by namespace; made when they are first asked for, as is the last. */
  readonly #byName = new Map<string, ReadonlyMap<string, readonly T[]>>();
  readonly #byNamespace = new Map<string, ReadonlyMap<string, readonly T[]>>();
  #allByNamespace: ReadonlyMap<string, readonly T[]> | undefined;
  readonly #derived = new Map<unknown, unknown>();

  constructor(objects: readonly T[]) {
    this.all = objects;
    this.#kinds = groupBy(objects, ({ groupKind }) => groupKind);
  }

  /** The kinds that it has objects of, as `Kind.group`, the kind alone for the core group. */
  get kinds(): Iterable<string> {
    return this.#kinds.keys();
  }

  /** All objects of these kinds (`Kind.group`, the kind alone for the core group), whatever their version. */
  ofKind(...kinds: readonly string[]): T[] {
    const found: T[] = [];
    for (const kind of kinds) for (const object of this.#kinds.get(kind) ?? []) found.push(object);
    return found;
  }

  /** Objects of one kind that name this namespace; undefined: those that name none. */
  ofKindIn(kind: string, namespace: string | undefined): readonly T[] {
    let groups = this.#byNamespace.get(kind);
    if (groups === undefined) {
      groups = groupBy(this.#kinds.get(kind) ?? [], namespaceOf);
      this.#byNamespace.set(kind, groups);
    }
    return groups.get(namespace ?? '') ?? [];
  }

  /** Objects of a kind by name. `namespace` undefined: cluster-scoped objects and those that do not name one. */
  find(kind: string, namespace: string | undefined, name: string): readonly T[] {
    let groups = this.#byName.get(kind);
    if (groups === undefined) {
      groups = groupBy(this.#kinds.get(kind) ?? [], (object) => `${namespaceOf(object)}\n${object.name}`);
      this.#byName.set(kind, groups);
    }
    return groups.get(`${namespace ?? ''}\n${name}`) ?? [];
  }

  /** All objects that name this namespace; undefined: those that name none. */
  inNamespace(namespace: string | undefined): readonly T[] {
    this.#allByNamespace ??= groupBy(this.all, namespaceOf);
    return this.#allByNamespace.get(namespace ?? '') ?? [];
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

const namespaceOf = (object: KubernetesObject) => object.namespace ?? '';
