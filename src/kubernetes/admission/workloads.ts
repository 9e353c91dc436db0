import { installations } from '../absence.ts';
import { type Field, isObject } from '../field.ts';
import type { Inventory, ObjectIndex } from '../inventory.ts';
import type { KubernetesObject } from '../object.ts';
import type { PodSecurityLevel } from '../pod-security.ts';
import { meets } from '../pod-security-checks.ts';
import { mayMakeObjects } from '../service.ts';
import { containersOf, podOf } from '../workload.ts';

/** What the pods of a namespace need. */
export interface NamespacePods<T> {
  /** The strictest level at which all of them get in; undefined when none is in sight. */
  readonly level: PodSecurityLevel | undefined;
  /** The first workload whose pods get in at the level privileged alone. */
  readonly privileged?: T;
}

/**
 * What the pods of the workloads need that go to a namespace.
 * @param minor the version of the policy that they are measured by.
 */
export function podsOfNamespace<T extends KubernetesObject>(
  name: string,
  environment: ObjectIndex<T>,
  minor: number,
): NamespacePods<T> {
  let level: PodSecurityLevel | undefined;
  for (const object of environment.inNamespace(name)) {
    const pod = podOf(object);
    if (pod === undefined) continue;
    const subject = { pod, containers: containersOf(pod), podSecurity: { minor } };
    if (!meets('baseline', subject)) return { level: 'privileged', privileged: object };
    if (level !== 'baseline') level = meets('restricted', subject) ? 'restricted' : 'baseline';
  }
  return { level };
}

/**
 * Whether all pods of a namespace are in sight as they will be: nothing may make others, such as a controller or a chart,
 * and nothing changes these.
 */
export function seesAllPods(name: string, { target, environment, complete }: Inventory): boolean {
  const installed = environment.derived(installations);
  if (!complete || installed.has(name) || installed.has(undefined)) return false;
  const objects = environment.inNamespace(name);
  return !(
    objects.some(mayMakeObjects) ||
    target.derived(hasUnplacedPods) ||
    environment.find('Namespace', undefined, name).some(getsSidecars) ||
    objects.some(getsSidecars)
  );
}

/** Whether a workload names no namespace, and so may go to any. */
function hasUnplacedPods(index: ObjectIndex): boolean {
  return index.inNamespace(undefined).some((object) => podOf(object) !== undefined);
}

/**
 * Whether a service mesh puts containers into the pods of a workload or a namespace; as a rule one of them has to change
 * the network of the pod, for which it needs the level privileged.
 */
function getsSidecars(object: KubernetesObject): boolean {
  const pod = podOf(object);
  return asksForSidecar(object.root.at('metadata')) || (pod !== undefined && asksForSidecar(pod.metadata));
}

function asksForSidecar(metadata: Field): boolean {
  return [metadata.valueAt('labels'), metadata.valueAt('annotations')].some(
    (map) => isObject(map) && Object.keys(map).some((key) => injection.has(key) && !isOff(map[key])),
  );
}

function isOff(value: unknown): boolean {
  return value === 'false' || value === 'disabled';
}

/** Labels and annotations that ask Istio, Linkerd, Consul, Kuma and Open Service Mesh for a sidecar. */
const injection: ReadonlySet<string> = new Set([
  'istio-injection',
  'istio.io/rev',
  'sidecar.istio.io/inject',
  'linkerd.io/inject',
  'consul.hashicorp.com/connect-inject',
  'kuma.io/sidecar-injection',
  'openservicemesh.io/sidecar-injection',
]);
