import { groupBy } from '../group-by.ts';
import type { Field } from './field.ts';
import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';
import type { Pod } from './workload.ts';

/** A ServiceAccount by name; `namespace` undefined when the objects do not say. */
export interface Account {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Where a PodSpec names the ServiceAccount that its pods run as; without a value they run as `default`. */
export function accountNameIn(podSpec: Field): Field {
  const name = podSpec.at('serviceAccountName');
  const old = podSpec.at('serviceAccount');
  return !name.string && old.string ? old : name;
}

/** The ServiceAccount that pods run as. */
export function accountOfPod(pod: Pod, namespace: string | undefined): Account {
  return { namespace, name: accountNameIn(pod.spec).string || 'default' };
}

/** The object of a ServiceAccount: that of the target, else the one of this namespace in the environment. */
export function findAccount<T extends KubernetesObject>(
  { namespace, name }: Account,
  { target, environment }: Pick<Inventory<T>, 'target' | 'environment'>,
): T | undefined {
  const near = target.derived(accountsByName).get(name) ?? [];
  const found = near.find((account) => mayShareNamespace(account.namespace, namespace));
  if (found !== undefined || namespace === undefined) return found;
  return environment.find('ServiceAccount', namespace, name)[0];
}

/**
 * Whether pods get a token for the API server: unless the pod, or else its ServiceAccount, says no; or by a projected
 * volume.
 */
export function mountsToken(pod: Pod, account: KubernetesObject | undefined): boolean {
  const ofPod = pod.spec.at('automountServiceAccountToken');
  const automount = ofPod.exists ? ofPod : account?.root.at('automountServiceAccountToken');
  if (automount?.value !== false) return true;
  const sources = pod.spec
    .at('volumes')
    .items()
    .flatMap((volume) => volume.at('projected', 'sources').items());
  return sources.some((source) => {
    const token = source.at('serviceAccountToken');
    // Without an audience a token is for the API server.
    return token.exists && !token.at('audience').exists;
  });
}

function accountsByName<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly T[]> {
  return groupBy(index.ofKind('ServiceAccount'), ({ name }) => name);
}
