import type { Field } from './field.ts';
import type { Inventory } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import type { Pod } from './workload.ts';

/** The resources that LimitRanges have defaults for here. */
export type ComputeResource = 'cpu' | 'memory';

/** The first release that reads resources of the pod as a whole by default (KEP-2837, beta). */
const podLevelMinor = 34;

/** Whether a pod as a whole has a request or limit of a resource, and the release reads that. */
export function hasPodLevel(
  pod: Pod,
  what: 'limits' | 'requests',
  resource: ComputeResource,
  kubernetesMinor: number,
): boolean {
  return (
    kubernetesMinor >= podLevelMinor &&
    pod.spec.valueAt('resources') !== undefined &&
    valueAt(pod.spec, what, resource).exists
  );
}

/** Where a container's or pod's own request or limit stands, or a limit that Kubernetes takes for the missing request. */
export function valueAt(owner: Field, what: 'limits' | 'requests', resource: ComputeResource): Field {
  const place = owner.at('resources', what, resource);
  if (what === 'limits' || place.exists) return place;
  const limit = owner.at('resources', 'limits', resource);
  return limit.exists ? limit : place;
}

/** Whether a LimitRange of the namespace gives a request or limit to containers without one. */
export function hasDefault(
  { namespace }: KubernetesObject,
  { target, repository }: Pick<Inventory, 'target' | 'repository'>,
  what: 'limits' | 'requests',
  resource: ComputeResource,
): boolean {
  // Objects that name no namespace share one only within a target.
  const ranges = (namespace === undefined ? target : repository).ofKindIn('LimitRange', namespace);
  return ranges.some(({ root }) =>
    root
      .at('spec', 'limits')
      .items()
      .some(
        (limit) =>
          limit.at('type').value === 'Container' &&
          defaults[what].some((key) => limit.at(key, resource).exists),
      ),
  );
}

/**
 * The fields of a LimitRange from which defaults come, those that stand for a missing default among them.
 * Source: kubernetes/kubernetes 1.34, SetDefaults_LimitRangeItem.
 */
const defaults = {
  limits: ['default', 'max'],
  requests: ['defaultRequest', 'default', 'max', 'min'],
} as const;
