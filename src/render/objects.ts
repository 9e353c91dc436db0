import { type KubernetesObject, readObject } from '../kubernetes/object.ts';

/** An object of a document. */
export interface PlacedObject {
  readonly object: KubernetesObject;
  /** Keys and 0-based indexes from the document's root to it; empty unless it is an item of a `kind: List`. */
  readonly path: readonly (string | number)[];
}

/** Lists of lists do not occur; the bound only stops nonsense. */
const maxListDepth = 3;

/** The Kubernetes objects of a document: one, the items of a `kind: List`, or none. */
export function objectsIn(value: unknown, path: readonly (string | number)[] = []): PlacedObject[] {
  const object = readObject(value);
  if (object === undefined) return [];
  const items = object.root.at('items');
  if (!object.kind.endsWith('List') || !Array.isArray(items.value) || path.length >= 2 * maxListDepth)
    return [{ object, path }];
  return items.items().flatMap((item) => objectsIn(item.value, [...path, 'items', Number(item.key)]));
}
