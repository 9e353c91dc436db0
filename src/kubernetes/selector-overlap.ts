import { append, groupBy } from '../group-by.ts';
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
  /** Place among the controllers of its namespace. */
  readonly order: number;
}

/** As many controllers of one namespace are looked at for each selector; of more, those that share a label. */
const mostCandidates = 200;

/**
 * For each controller of an index another one of the same namespace whose pods its selector selects as well. When two
 * select each other's pods, only the later one is told of. Linear: each selector is compared with a bounded number of
 * controllers, those that share the rarest of its labels. To be given to `derived`.
 */
export function overlaps<T extends KubernetesObject>(index: ObjectIndex<T>): ReadonlyMap<T, T> {
  const found = new Map<T, T>();
  for (const objects of groupBy(index.ofKind(...controllers), ({ namespace }) => namespace).values()) {
    if (objects.length < 2) continue;
    const all = objects.map((object, order) => ({
      object,
      order,
      labels: labelsAt(object.root.at('spec', 'template', 'metadata', 'labels')),
      wanted: labelsAt(object.root.at('spec', 'selector', 'matchLabels')),
    }));
    const byLabel = all.length > mostCandidates ? groupByLabel(all) : undefined;
    for (const own of all) {
      if (own.wanted.size === 0) continue;
      const other = otherSelected(own, byLabel === undefined ? all : withRarest(own.wanted, byLabel));
      if (other !== undefined) found.set(own.object, other);
    }
  }
  return found;
}

type ByLabel<T> = ReadonlyMap<string, readonly Controller<T>[]>;

function groupByLabel<T>(all: readonly Controller<T>[]): ByLabel<T> {
  const byLabel = new Map<string, Controller<T>[]>();
  for (const each of all) for (const [key, value] of each.labels) append(byLabel, `${key}=${value}`, each);
  return byLabel;
}

/** Some of the controllers that have the rarest of these labels. */
function withRarest<T>(labels: Labels, byLabel: ByLabel<T>): readonly Controller<T>[] {
  const [rarest = []] = [...labels]
    .map(([key, value]) => byLabel.get(`${key}=${value}`) ?? [])
    .sort((a, b) => a.length - b.length);
  return rarest.slice(0, mostCandidates);
}

function otherSelected<T extends KubernetesObject>(
  own: Controller<T>,
  candidates: readonly Controller<T>[],
): T | undefined {
  const { object, order } = own;
  return candidates.find(
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
