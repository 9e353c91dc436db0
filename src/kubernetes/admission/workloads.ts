import { installations } from '../absence.ts';
import type { Inventory, ObjectIndex } from '../inventory.ts';
import type { KubernetesObject } from '../object.ts';
import { type PodSecurityLevel, podSecurityLevels } from '../pod-security.ts';
import { strictestLevelOf } from '../pod-security-checks.ts';
import { mayMakeObjects } from '../service.ts';
import { containersOf, podOf } from '../workload.ts';

/** What is known of the pods of a namespace. */
export interface NamespacePods<T> {
  /** The strictest level at which all of them get in; undefined when none is in sight. */
  readonly level: PodSecurityLevel | undefined;
  /** The first workload that does not get in at a stricter one. */
  readonly weakest: T | undefined;
  /** Whether nothing in sight may make other pods, such as a controller or a chart, and nothing changes these. */
  readonly complete: boolean;
}

/**
 * The pods of the workloads that go to a namespace in the same environment.
 * @param minor the version of the policy that they are measured by.
 */
export function podsOfNamespace<T extends KubernetesObject>(
  name: string,
  inventory: Inventory<T>,
  minor: number,
): NamespacePods<T> {
  const { target, environment } = inventory;
  const objects = environment.inNamespace(name);
  const levels = objects.flatMap((object) => {
    const pod = podOf(object);
    if (pod === undefined) return [];
    const level = strictestLevelOf({ pod, containers: containersOf(pod), podSecurity: { minor } });
    return [{ object, level }];
  });
  const level = podSecurityLevels.find((each) => levels.some((one) => one.level === each));
  const injected = getsSidecars([...environment.find('Namespace', undefined, name), ...objects]);
  const installed = environment.derived(installations);
  return {
    level,
    weakest: levels.find((one) => one.level === level)?.object,
    complete:
      inventory.complete &&
      !installed.has(name) &&
      !installed.has(undefined) &&
      !objects.some(mayMakeObjects) &&
      !injected &&
      !target.derived(hasUnplacedPods),
  };
}

/** Whether a workload names no namespace, and so may go to any. */
function hasUnplacedPods(index: ObjectIndex): boolean {
  return index.inNamespace(undefined).some((object) => podOf(object) !== undefined);
}

/**
 * Whether a service mesh puts containers into the pods of workloads or namespaces; as a rule one of them has to change
 * the network of the pod, for which it needs the level privileged.
 */
function getsSidecars(objects: readonly KubernetesObject[]): boolean {
  return objects.some((object) => {
    const pod = podOf(object)?.metadata;
    const own = object.root.at('metadata');
    return [own, pod ?? own]
      .flatMap((metadata) => [metadata.at('labels'), metadata.at('annotations')])
      .flatMap((map) => map.properties())
      .some(({ key, string = '' }) => injection.test(String(key)) && !/^(?:false|disabled)$/.test(string));
  });
}

/** Labels and annotations that ask Istio, Linkerd, Consul, Kuma and Open Service Mesh for a sidecar. */
const injection =
  /^(?:istio-injection|istio\.io\/rev|sidecar\.istio\.io\/inject|linkerd\.io\/inject|consul\.hashicorp\.com\/connect-inject|kuma\.io\/sidecar-injection|openservicemesh\.io\/sidecar-injection)$/;
