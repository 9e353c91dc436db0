import { groupBy } from '../group-by.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { hasLabels, type Labels, labelsAt, matchesSelector } from './selector.ts';

/** `Kind.group` of the controllers whose selector has to fit the labels of their own pod template. */
export const controllers: readonly string[] = [
  'Deployment.apps',
  'StatefulSet.apps',
  'DaemonSet.apps',
  'ReplicaSet.apps',
];

interface Controller<T> {
  readonly object: T;
  /** The labels of its pods, and those that its selector wants. */
  readonly labels: Labels;
  readonly wanted: Labels;
  /** Place among the controllers of the index. */
  readonly order: number;
}

/** As many controllers of one namespace that share a label are looked at for each selector. */
const mostCandidates = 200;

/**
 * For each controller of an index another one of the same namespace whose pods its selector selects as well. When two
 * select each other's pods, only the later one is told of. Linear: each selector is compared with a bounded number of
 * controllers, those that share the rarest of its labels. To be given to `derived`.
 */
export function overlaps<T extends KubernetesObject>(index: ObjectIndex<T>): ReadonlyMap<T, T> {
  const found = new Map<T, T>();
  const objects = index.ofKind(...controllers);
  if (objects.length < 2) return found;
  const all = objects.map((object, order) => ({
    object,
    order,
    labels: labelsAt(object.root.at('spec', 'template', 'metadata', 'labels')),
    wanted: labelsAt(object.root.at('spec', 'selector', 'matchLabels')),
  }));
  for (const namespace of groupBy(all, ({ object }) => object.namespace).values()) {
    const byLabel = new Map<string, Controller<T>[]>();
    for (const controller of namespace)
      for (const [key, value] of controller.labels) {
        const label = `${key}=${value}`;
        const same = byLabel.get(label);
        if (same === undefined) byLabel.set(label, [controller]);
        else same.push(controller);
      }
    for (const controller of namespace) {
      const other = otherSelected(controller, byLabel);
      if (other !== undefined) found.set(controller.object, other);
    }
  }
  return found;
}

function otherSelected<T extends KubernetesObject>(
  own: Controller<T>,
  byLabel: ReadonlyMap<string, readonly Controller<T>[]>,
): T | undefined {
  const { object, order } = own;
  const [rarest = []] = [...own.wanted]
    .map(([key, value]) => byLabel.get(`${key}=${value}`) ?? [])
    .sort((a, b) => a.length - b.length);
  return rarest.slice(0, mostCandidates).find(
    (other) =>
      // Objects of one kind and name are one object.
      (other.object.name !== object.name || other.object.kind !== object.kind) &&
      selects(own, other) &&
      (other.order < order || !selects(other, own)),
  )?.object;
}

function selects<T extends KubernetesObject>(one: Controller<T>, { labels }: Controller<T>): boolean {
  return hasLabels(labels, one.wanted) && matchesSelector(one.object.root.at('spec', 'selector'), labels);
}
