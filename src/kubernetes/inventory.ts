import { groupKind, type KubernetesObject } from './object.ts';

/** An index over a set of objects. Lists keep the order in which the objects were given. */
export class ObjectIndex<T extends KubernetesObject = KubernetesObject> {
  readonly #byKind = new Map<string, T[]>();
  readonly #byIdentity = new Map<string, T[]>();
  readonly #byNamespace = new Map<string, T[]>();
  readonly #byKindAndNamespace = new Map<string, T[]>();
  readonly #derived = new Map<unknown, unknown>();

  constructor(objects: Iterable<T>) {
    for (const object of objects) {
      const kind = groupKind(object);
      push(this.#byKind, kind, object);
      push(this.#byIdentity, identity(kind, object.namespace, object.name), object);
      push(this.#byNamespace, object.namespace ?? '', object);
      push(this.#byKindAndNamespace, `${kind}\n${object.namespace ?? ''}`, object);
    }
  }

  /** All objects of these kinds (`Kind.group`, the kind alone for the core group), whatever their version. */
  ofKind(...kinds: readonly string[]): T[] {
    return kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
  }

  /** Objects of one kind that name this namespace; undefined: those that name none. */
  ofKindIn(kind: string, namespace: string | undefined): readonly T[] {
    return this.#byKindAndNamespace.get(`${kind}\n${namespace ?? ''}`) ?? [];
  }

  /** Objects of a kind by name. `namespace` undefined: cluster-scoped objects and those that do not name one. */
  find(kind: string, namespace: string | undefined, name: string): readonly T[] {
    return this.#byIdentity.get(identity(kind, namespace, name)) ?? [];
  }

  /** All objects that name this namespace; undefined: those that name none. */
  inNamespace(namespace: string | undefined): readonly T[] {
    return this.#byNamespace.get(namespace ?? '') ?? [];
  }

  /** What `derive` makes of this index, made once: for look-ups that many rules or objects need. */
  derived<V>(derive: (index: ObjectIndex<T>) => V): V {
    if (!this.#derived.has(derive)) this.#derived.set(derive, derive(this));
    return this.#derived.get(derive) as V;
  }
}

/** What cross-object rules ask: first the objects that are applied together, then everything in the repository. */
export interface Inventory<T extends KubernetesObject = KubernetesObject> {
  /** Objects of the same target as the object under check. */
  readonly target: ObjectIndex<T>;
  readonly repository: ObjectIndex<T>;
}

function identity(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}\n${namespace ?? ''}\n${name}`;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
