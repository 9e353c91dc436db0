import { append } from '../group-by.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { labelsAt, matchesSelector } from './selector.ts';
import { podsOf, type Selectable } from './service.ts';

export const disruptionBudget = 'PodDisruptionBudget.policy';

/** What makes the pods that a PodDisruptionBudget selects; nothing without a selector. */
export function budgetedPods({ root, namespace }: KubernetesObject, index: ObjectIndex): Selectable[] {
  const selector = root.at('spec', 'selector');
  if (!selector.exists) return [];
  return index
    .derived(podsOf)
    .selectedBy(labelsAt(selector.at('matchLabels')), namespace)
    .filter(({ labels }) => matchesSelector(selector, labels));
}

/** The PodDisruptionBudgets of an index by what makes the pods that they select. */
export function budgetsByPods<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<Selectable, readonly T[]> {
  const budgets = new Map<Selectable, T[]>();
  for (const budget of index.ofKind(disruptionBudget))
    for (const pods of budgetedPods(budget, index)) append(budgets, pods, budget);
  return budgets;
}
