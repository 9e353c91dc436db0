import { type Field, isSet } from './field.ts';
import type { KubernetesObject } from './object.ts';

/** The pod, or the template of the pods, that a workload runs. */
export interface Pod {
  /** Where labels and annotations of the pod stand. */
  readonly metadata: Field;
  /** The PodSpec. */
  readonly spec: Field;
}

/** One container of a pod. */
export interface Container {
  readonly field: Field;
  /** `name`, or the container's place in its list such as `#2` (1-based) when it has none. */
  readonly name: string;
  readonly type: 'init' | 'sidecar' | 'app' | 'ephemeral';
}

/** Where each workload kind keeps the template of its pods. */
const podPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['ReplicationController', ['spec', 'template']],
  ['Deployment.apps', ['spec', 'template']],
  ['StatefulSet.apps', ['spec', 'template']],
  ['DaemonSet.apps', ['spec', 'template']],
  ['ReplicaSet.apps', ['spec', 'template']],
  ['Deployment.extensions', ['spec', 'template']],
  ['DaemonSet.extensions', ['spec', 'template']],
  ['ReplicaSet.extensions', ['spec', 'template']],
  ['Job.batch', ['spec', 'template']],
  ['CronJob.batch', ['spec', 'jobTemplate', 'spec', 'template']],
  ['Rollout.argoproj.io', ['spec', 'template']],
  ['Service.serving.knative.dev', ['spec', 'template']],
  ['Configuration.serving.knative.dev', ['spec', 'template']],
  ['Revision.serving.knative.dev', []],
  ['ContainerSource.sources.knative.dev', ['spec', 'template']],
]);

/** `Kind.group` of every workload kind. */
export const workloadKinds: readonly string[] = [...podPaths.keys()];

/**
 * The pod of a workload; undefined when the object is none, has no pod template (a Rollout with `workloadRef`), or is only a
 * patch of one.
 */
export function podOf(object: KubernetesObject): Pod | undefined {
  const path = podPaths.get(object.groupKind);
  if (path === undefined) return undefined;
  const template = object.root.at(...path);
  const spec = template.at('spec');
  return spec.exists && !isPatch(object, spec) ? { metadata: template.at('metadata'), spec } : undefined;
}

/** Whether the fields of a workload are to be merged into one: of its own the API server takes none like this. */
function isPatch({ apiVersion, root }: KubernetesObject, spec: Field): boolean {
  return (
    apiVersion === 'apps/v1' &&
    !isSet(root.valueAt('spec', 'selector')) &&
    spec
      .at('containers')
      .items()
      .some((container) => !container.at('image').exists)
  );
}

/** All containers of a pod: init containers (sidecars among them), containers, ephemeral containers. */
export function containersOf(pod: Pod): Container[] {
  const containers: Container[] = [];
  for (const [list, type] of containerLists)
    for (const field of pod.spec.at(list).items()) {
      const sidecar = type === 'init' && field.valueAt('restartPolicy') === 'Always';
      const name = field.valueAt('name');
      containers.push({
        field,
        name: typeof name === 'string' ? name : `#${Number(field.key) + 1}`,
        type: sidecar ? 'sidecar' : type,
      });
    }
  return containers;
}

const containerLists = [
  ['initContainers', 'init'],
  ['containers', 'app'],
  ['ephemeralContainers', 'ephemeral'],
] as const;
