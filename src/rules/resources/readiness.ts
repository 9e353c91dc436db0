import { didYouMean } from '../../config/did-you-mean.ts';
import { type Field, isObject, isSet } from '../../kubernetes/field.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { podsOf } from '../../kubernetes/service.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import type { Container, Pod } from '../../kubernetes/workload.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'resources/readiness',
  severity: 'medium',
  kinds: [
    'Pod',
    'ReplicationController',
    'Deployment.apps',
    'StatefulSet.apps',
    'DaemonSet.apps',
    'ReplicaSet.apps',
    'Rollout.argoproj.io',
  ],
  summary: 'Pods get requests before they are ready',
  why: 'Without a readiness probe a Service sends requests to a pod as soon as its process runs, and goes on when it hangs. Every rollout and restart then costs failed requests.',
  remedy: 'Give the container that serves the requests a readinessProbe on the port that it serves.',
  controls: [
    'nist-800-53/r5:CP-10',
    'kubescape:C-0018',
    'checkov:CKV_K8S_9',
    'polaris:readinessProbeMissing',
    'kube-linter:no-readiness-probe',
  ],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    missing: 'Service {service} sends requests to these pods, and no container has a readiness probe.',
    portName: {
      text: 'The {probe} of container {container} asks a port named {port}, which the container does not have.{hint}',
      severity: 'high',
      controls: ['kube-linter:readiness-port'],
    },
  },
  check({ manifest, pod, containers, inventory, report }) {
    if (pod === undefined) return;
    const running = containers.filter(({ type }) => type === 'app' || type === 'sidecar');
    for (const container of running)
      for (const { probe, place, name: port } of unknownPorts(container)) {
        const hint = didYouMean(port, portNames(container));
        report(place, 'portName', { probe, port, container: container.name, hint }, { container });
      }
    const isLasting = (pod.spec.valueAt('restartPolicy') ?? 'Always') === 'Always';
    if (!isLasting || isProbed(pod, running)) return;
    // Services elsewhere that select the same labels may well be of another application.
    const service = inventory.target.derived(servedPods).get(manifest);
    if (service === undefined || isTestData(manifest.target)) return;
    const container = running.find((each) => serves(each, service.root)) ?? running[0];
    if (container === undefined) return;
    report(container.field.at('readinessProbe'), 'missing', { service: service.name }, { container });
  },
});

const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

const actions = ['httpGet', 'tcpSocket'] as const;

/** The names in a container's probes that none of its ports has. One in digits is read as a number. */
function unknownPorts(container: Container): { probe: string; place: Field; name: string }[] {
  const { field } = container;
  const unknown: { probe: string; place: Field; name: string }[] = [];
  for (const probe of probes) {
    const how = field.valueAt(probe);
    if (!isObject(how)) continue;
    for (const action of actions) {
      const asked = how[action];
      const name = isObject(asked) ? asked.port : undefined;
      if (typeof name !== 'string' || !/^[a-z0-9-]*[a-z][a-z0-9-]*$/.test(name)) continue;
      if (!hasPortName(container, name))
        unknown.push({ probe, place: field.at(probe, action, 'port'), name });
    }
  }
  return unknown;
}

function hasPortName({ field }: Container, name: string): boolean {
  const ports = field.valueAt('ports');
  return Array.isArray(ports) && ports.some((port) => isObject(port) && port.name === name);
}

function portNames({ field }: Container): string[] {
  return field
    .at('ports')
    .items()
    .flatMap((port) => port.at('name').string ?? []);
}

/** Whether something says when the pods are ready: a probe of any container, or a gate that another controller opens. */
function isProbed(pod: Pod, containers: readonly Container[]): boolean {
  return (
    containers.some(
      ({ field }) => isSet(field.valueAt('readinessProbe')) || isSet(field.valueAt('startupProbe')),
    ) || pod.spec.at('readinessGates').items().length > 0
  );
}

/** Whether a container declares a port to which a Service sends. */
function serves({ field }: Container, service: Field): boolean {
  const targets = service
    .at('spec', 'ports')
    .items()
    .map((port) => port.at('targetPort').value ?? port.at('port').value);
  return field
    .at('ports')
    .items()
    .some(
      (port) => targets.includes(port.at('containerPort').value) || targets.includes(port.at('name').value),
    );
}

/** For what makes pods the first Service that balances requests among them. */
function servedPods<T extends KubernetesObject>(index: ObjectIndex<T>): ReadonlyMap<KubernetesObject, T> {
  const served = new Map<KubernetesObject, T>();
  for (const service of index.ofKind('Service')) {
    const selector = labelsAt(service.root.at('spec', 'selector'));
    if (selector.size === 0 || !isBalanced(service)) continue;
    for (const { object } of index.derived(podsOf).selectedBy(selector, service.namespace))
      if (!served.has(object)) served.set(object, service);
  }
  return served;
}

/** Whether a Service keeps requests from pods that are not ready. Metrics and profiles are asked of the pods themselves. */
function isBalanced({ name, root }: KubernetesObject): boolean {
  const spec = root.at('spec');
  const ports = spec.at('ports').items();
  return (
    spec.at('type').value !== 'ExternalName' &&
    spec.at('clusterIP').value !== 'None' &&
    spec.at('publishNotReadyAddresses').value !== true &&
    !/-(?:metrics|exporter)$/.test(name) &&
    !(ports.length > 0 && ports.every(isForMetrics))
  );
}

function isForMetrics(port: Field): boolean {
  const names = ['name', 'targetPort'].map((key) => port.at(key).string ?? '');
  return names.some((name) => /metrics|monitoring|telemetry|profiling|pprof/.test(name));
}
