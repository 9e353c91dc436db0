import { groupBy } from '../group-by.ts';
import type { Field } from './field.ts';
import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';
import type { Pod } from './workload.ts';

/** A PersistentVolumeClaim that a pod mounts. */
export interface MountedClaim<T extends KubernetesObject = KubernetesObject> {
  readonly name: string;
  /** Where the pod names it. */
  readonly place: Field;
  /** Undefined when it is not found. */
  readonly claim: T | undefined;
}

/** The claims that a pod names in its volumes: of the target, else those of this namespace in the environment. */
export function claimsOf<T extends KubernetesObject>(
  pod: Pod,
  namespace: string | undefined,
  { target, environment }: Pick<Inventory<T>, 'target' | 'environment'>,
): MountedClaim<T>[] {
  return pod.spec
    .at('volumes')
    .items()
    .flatMap((volume) => {
      const place = volume.at('persistentVolumeClaim', 'claimName');
      const name = place.string;
      if (!name) return [];
      const near = target.derived(claimsByName).get(name) ?? [];
      const claim =
        near.find((each) => mayShareNamespace(each.namespace, namespace)) ??
        (namespace === undefined ? undefined : environment.find(claimKind, namespace, name)[0]);
      return [{ name, place, claim }];
    });
}

/** Whether only the pods of one node, or a single pod, can mount a claim (ReadWriteOnce, ReadWriteOncePod). */
export function isForOneNode(claim: Field): boolean {
  const modes = claim.at('spec', 'accessModes').items();
  return (
    modes.length > 0 && modes.every(({ value }) => value === 'ReadWriteOnce' || value === 'ReadWriteOncePod')
  );
}

const claimKind = 'PersistentVolumeClaim';

function claimsByName<T extends KubernetesObject>(index: ObjectIndex<T>): ReadonlyMap<string, readonly T[]> {
  return groupBy(index.ofKind(claimKind), ({ name }) => name);
}
