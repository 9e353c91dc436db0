import { append } from '../group-by.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';

/** What changes the number of a workload's pods. */
export interface Autoscaler<T extends KubernetesObject = KubernetesObject> {
  readonly object: T;
  /** Kind and name of what it scales. */
  readonly target: { readonly kind: string; readonly name: string };
  /** Its limits, defaults filled in; undefined when they are no numbers, or the upper one is missing. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

export const horizontalPodAutoscaler = 'HorizontalPodAutoscaler.autoscaling';
export const scaledObject = 'ScaledObject.keda.sh';

/**
 * Reads a HorizontalPodAutoscaler or a ScaledObject; undefined when the object is none of them. Defaults are those of
 * autoscaling/v2 and of KEDA 2.
 */
export function readAutoscaler<T extends KubernetesObject>(object: T): Autoscaler<T> | undefined {
  if (object.groupKind !== horizontalPodAutoscaler && object.groupKind !== scaledObject) return undefined;
  const spec = object.root.at('spec');
  const target = spec.at('scaleTargetRef');
  const name = target.at('name').string ?? '';
  const number = (key: string, fallback?: number) => {
    const { value, exists } = spec.at(key);
    return exists ? (typeof value === 'number' ? value : undefined) : fallback;
  };
  if (object.groupKind === horizontalPodAutoscaler)
    return {
      object,
      target: { kind: target.at('kind').string ?? '', name },
      minimum: number('minReplicas', 1),
      maximum: number('maxReplicas'),
    };
  return {
    object,
    target: { kind: target.at('kind').string ?? 'Deployment', name },
    minimum: number('minReplicaCount', 0),
    maximum: number('maxReplicaCount', 100),
  };
}

/** The autoscaler of a workload, if an index has one. */
export function autoscalerOf<T extends KubernetesObject>(
  { kind, name, namespace }: KubernetesObject,
  index: ObjectIndex<T>,
): Autoscaler<T> | undefined {
  const autoscalers = index.derived(autoscalersByTarget);
  if (autoscalers.size === 0) return undefined;
  return autoscalers
    .get(`${kind}/${name}`)
    ?.find(({ object }) => mayShareNamespace(object.namespace, namespace));
}

/** How many pods a workload runs: at least, and at most when that is known. */
export interface Replicas {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** The number of a workload's pods by its autoscaler, or else by `spec.replicas`; undefined when that is no number. */
export function replicasOf(workload: KubernetesObject, index: ObjectIndex): Replicas | undefined {
  const autoscaler = autoscalerOf(workload, index);
  if (autoscaler !== undefined) {
    const { minimum, maximum } = autoscaler;
    return minimum === undefined ? undefined : { minimum, maximum };
  }
  const replicas = workload.root.at('spec', 'replicas');
  const number = replicas.exists ? replicas.value : 1;
  return typeof number === 'number' ? { minimum: number, maximum: number } : undefined;
}

function autoscalersByTarget<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly Autoscaler<T>[]> {
  const byTarget = new Map<string, Autoscaler<T>[]>();
  for (const object of index.ofKind(horizontalPodAutoscaler, scaledObject)) {
    const autoscaler = readAutoscaler(object);
    if (autoscaler === undefined) continue;
    append(byTarget, `${autoscaler.target.kind}/${autoscaler.target.name}`, autoscaler);
  }
  return byTarget;
}
