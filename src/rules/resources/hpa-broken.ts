import { isTestPath } from '../../discover/test-path.ts';
import { groupBy } from '../../group-by.ts';
import { absenceOf } from '../../kubernetes/absence.ts';
import {
  type ComputeResource,
  hasDefault,
  hasPodLevel,
  valueAt,
} from '../../kubernetes/compute-resources.ts';
import type { Field } from '../../kubernetes/field.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  type Autoscaler,
  autoscalerOf,
  horizontalPodAutoscaler,
  readAutoscaler,
  scaledObject,
} from '../../kubernetes/scaling.ts';
import { mayShareNamespace } from '../../kubernetes/service.ts';
import { containersOf, podOf } from '../../kubernetes/workload.ts';
import type { Manifest } from '../../render/manifest.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'limits' | 'fixed' | 'noTarget' | 'elsewhere' | 'unseen' | 'noRequest' | 'replicas'>;

/** `Kind.group` of what is scaled, by the kind that `scaleTargetRef` says. */
const scalable: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'Deployment.apps'],
  ['StatefulSet', 'StatefulSet.apps'],
  ['ReplicaSet', 'ReplicaSet.apps'],
  ['ReplicationController', 'ReplicationController'],
  ['Rollout', 'Rollout.argoproj.io'],
]);

export default defineRule({
  id: 'resources/hpa-broken',
  severity: 'high',
  kinds: [horizontalPodAutoscaler, scaledObject, ...scalable.values()],
  summary: 'Autoscaler cannot do its work',
  why: 'An autoscaler that finds no target, or gets no metric, does nothing and says so only in its status. The workload then stays as it is, however much load there is.',
  remedy:
    'Name a workload that exists, give all of its containers requests for the resource that is measured, and leave spec.replicas out of it.',
  controls: [
    'nist-800-53/r5:SC-5(2)',
    'nist-800-53/r5:CM-2',
    'kubescape:C-0300',
    'kube-linter:dangling-horizontalpodautoscaler',
  ],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    limits: '{kind} {name} has a minimum of {minimum} pods, more than its maximum of {maximum}.',
    fixed: {
      text: '{kind} {name} has the same minimum and maximum of {maximum} pods, so it never scales.',
      severity: 'low',
      recommended: false,
    },
    noTarget: 'There is no {target} for {kind} {name} to scale.{hint}',
    elsewhere: {
      text: '{target}, which {kind} {name} is to scale, is only in parts of the repository that are not applied with it.',
      severity: 'low',
      recommended: false,
    },
    unseen: {
      text: '{target}, which {kind} {name} is to scale, is not in the repository. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
    noRequest:
      '{kind} {name} scales by the share of the requested {resource} that is used, and container {container} of {target} requests none.',
    replicas: {
      text: '{target} says how many replicas it has, and {kind} {name} scales it. Each time the manifest is applied, the number is set back.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const autoscaler = readAutoscaler(context.manifest);
    if (autoscaler === undefined) checkReplicas(context);
    else checkAutoscaler(context, autoscaler);
  },
});

function checkReplicas({ manifest, inventory, report }: Check): void {
  const object = autoscalerOf(manifest, inventory.target)?.object;
  const replicas = manifest.root.at('spec', 'replicas');
  if (object === undefined || !replicas.exists) return;
  const place = object.root.at('spec', 'scaleTargetRef');
  report(
    replicas,
    'replicas',
    { target: `${manifest.kind} ${manifest.name}`, kind: object.kind, name: object.name },
    { related: [{ manifest: object, place, message: 'The autoscaler.' }] },
  );
}

function checkAutoscaler(context: Check, autoscaler: Autoscaler<Manifest>): void {
  const { manifest, inventory, report } = context;
  const { kind, name, namespace, root } = manifest;
  const { minimum, maximum, target } = autoscaler;
  const spec = root.at('spec');
  if (minimum !== undefined && maximum !== undefined && minimum >= maximum) {
    const place = spec.at(kind === 'ScaledObject' ? 'maxReplicaCount' : 'maxReplicas');
    report(place, minimum > maximum ? 'limits' : 'fixed', { kind, name, minimum, maximum });
  }
  const groupKind = scalable.get(target.kind);
  if (groupKind === undefined || target.name === '') return;
  const data = { kind, name, target: `${target.kind} ${target.name}` };
  const place = spec.at('scaleTargetRef', 'name');
  const absence = absenceOf({ kind: groupKind, name: target.name, namespace }, manifest.target, inventory);
  if (absence?.what === 'elsewhere' || absence?.what === 'unseen') report(place, absence.what, data);
  else if (absence?.what === 'slip')
    report(place, 'noTarget', { ...data, hint: ` Did you mean ${absence.meant}?` });
  else if (absence?.what === 'otherNamespace')
    report(place, 'noTarget', { ...data, hint: ` There is one in the namespace ${absence.namespace}.` });
  else if (absence !== undefined) report(place, 'noTarget', { ...data, hint: '' });
  const workload = inventory.target
    .derived(workloadsByName)
    .get(`${target.kind}/${target.name}`)
    ?.find((each) => mayShareNamespace(each.namespace, namespace));
  if (workload !== undefined) checkMetrics(context, workload, data);
}

function checkMetrics(
  { manifest, inventory, kubernetesMinor, report }: Check,
  workload: Manifest,
  data: Readonly<Record<string, string>>,
): void {
  // Values that a chart is tested with turn things on and leave the amounts to its users.
  const { target } = manifest;
  if (target.kind === 'chart' && target.values.some(({ file }) => isTestPath(file ?? ''))) return;
  const pod = podOf(workload);
  if (
    pod === undefined ||
    inventory.target.derived(verticallyScaled).has(`${workload.kind}/${workload.name}`)
  )
    return;
  const containers = containersOf(pod).filter(({ type }) => type === 'app' || type === 'sidecar');
  for (const { resource, place, container } of sharesMeasured(manifest)) {
    const without = containers.find(
      (each) =>
        (container === undefined || container === each.name) &&
        !valueAt(each.field, 'requests', resource).exists,
    );
    if (without === undefined) continue;
    if (hasPodLevel(pod, 'requests', resource, kubernetesMinor)) continue;
    if (hasPodLevel(pod, 'limits', resource, kubernetesMinor)) continue;
    if (hasDefault(workload, inventory, 'requests', resource)) continue;
    const related = valueAt(without.field, 'requests', resource);
    report(
      place,
      'noRequest',
      { ...data, resource, container: without.name },
      { related: [{ manifest: workload, place: related, message: 'The container.' }] },
    );
  }
}

/** A metric that is a share of what containers request. */
interface Share {
  readonly resource: ComputeResource;
  readonly place: Field;
  /** The one container that is measured; undefined for all. */
  readonly container: string | undefined;
}

function sharesMeasured({ groupKind, root }: KubernetesObject): Share[] {
  const spec = root.at('spec');
  if (groupKind === scaledObject)
    return spec
      .at('triggers')
      .items()
      .flatMap((place) => {
        const metadata = place.at('metadata');
        const type = place.at('metricType').value ?? metadata.at('type').value ?? 'Utilization';
        return type === 'Utilization'
          ? share(place.at('type').value, place, metadata.at('containerName').string)
          : [];
      });
  const metrics = spec.at('metrics').items();
  // Without any metric the share of the CPU is taken.
  if (metrics.length === 0) {
    const old = spec.at('targetCPUUtilizationPercentage');
    return share('cpu', old.exists ? old : spec.at('metrics'), undefined);
  }
  return metrics.flatMap((metric) => {
    const source = metric.at(
      metric.at('type').value === 'ContainerResource' ? 'containerResource' : 'resource',
    );
    const value = source.at('target', 'averageUtilization');
    const place = value.exists ? value : source.at('targetAverageUtilization');
    return place.exists ? share(source.at('name').value, place, source.at('container').string) : [];
  });
}

function share(resource: unknown, place: Field, container: string | undefined): Share[] {
  return resource === 'cpu' || resource === 'memory' ? [{ resource, place, container }] : [];
}

function workloadsByName<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly T[]> {
  return groupBy(index.ofKind(...scalable.values()), ({ kind, name }) => `${kind}/${name}`);
}

/** Kind and name of the workloads whose containers get requests from a VerticalPodAutoscaler. */
function verticallyScaled(index: ObjectIndex): ReadonlySet<string> {
  return new Set(
    index.ofKind('VerticalPodAutoscaler.autoscaling.k8s.io').map(({ root }) => {
      const target = root.at('spec', 'targetRef');
      return `${target.at('kind').string}/${target.at('name').string}`;
    }),
  );
}
