import { didYouMean } from '../../config/did-you-mean.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { hasLabels, type Labels, labelsAt, matchesSelector } from '../../kubernetes/selector.ts';
import {
  isForController,
  type LabelIndex,
  mayShareNamespace,
  podsOf,
  servicesByName,
  servicesOf,
  unservedPorts,
} from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<
  | 'noPods'
  | 'unseenPods'
  | 'elsewhere'
  | 'portName'
  | 'portNumber'
  | 'noService'
  | 'noTarget'
  | 'unseenTarget'
>;

const monitors = ['ServiceMonitor.monitoring.coreos.com', 'PodMonitor.monitoring.coreos.com'];

export default defineRule({
  id: 'references/service-without-backend',
  severity: 'medium',
  kinds: ['Service', 'StatefulSet.apps', ...monitors],
  summary: 'Nothing stands behind the Service',
  why: 'A Service whose selector or port fits no pod has no endpoints. Every request to it fails, and nothing else reports the slip.',
  remedy:
    'Make the selector equal to labels of the pod template, and the target port to a port of its containers.',
  controls: ['nist-800-53/r5:CM-3(2)', 'kubescape:C-0293'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    noPods: 'No workload has the labels {selector} that Service {name} selects.{hint}',
    unseenPods: {
      text: 'No workload in the repository has the labels {selector} that Service {name} selects. Something else has to make its pods.',
      severity: 'low',
      recommended: false,
    },
    elsewhere: {
      text: 'Workloads with the labels {selector} that Service {name} selects are only in parts of the repository that are not applied with it.',
      severity: 'low',
      recommended: false,
    },
    portName: 'No container behind Service {name} has a port named {port}.{hint}',
    portNumber: {
      text: 'No container behind Service {name} declares port {port}, though they declare others.',
      severity: 'low',
    },
    noService: 'There is no Service {service}, which StatefulSet {name} names as its own.{hint}',
    noTarget: 'No {what} has the labels that {kind} {name} selects.{hint}',
    unseenTarget: {
      text: 'No {what} in the repository has the labels that {kind} {name} selects. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { kind, group } = context.manifest;
    if (kind === 'StatefulSet') checkStatefulSet(context);
    else if (group === '') checkService(context);
    else checkMonitor(context);
  },
});

function checkService({ manifest, inventory, report }: Check): void {
  const { name, namespace, root } = manifest;
  const spec = root.at('spec');
  const selector = labelsAt(spec.at('selector'));
  if (selector.size === 0 || spec.valueAt('type') === 'ExternalName' || isTestTarget(manifest.target)) return;
  const inSight = inventory.target.derived(podsOf);
  const selected = inSight.selectedBy(selector, namespace);
  if (selected.length > 0) {
    const pods = selected.flatMap(({ pod }) => pod ?? []);
    if (pods.length < selected.length) return;
    for (const { place, target, names } of unservedPorts(spec, pods))
      if (typeof target === 'number') report(place, 'portNumber', { name, port: target });
      else report(place, 'portName', { name, port: target, hint: didYouMean(target, names) });
    return;
  }
  // What seems to be missing may be in a file that could not be read.
  if (!inventory.complete) return;
  const near = inSight.inNamespace(namespace);
  if (near.length === 0) return;
  const elsewhere = inventory.repository.derived(podsOf).selectedBy(selector, namespace);
  if (elsewhere.some(({ object }) => inventory.environment.has(object))) return;
  if (isForController(selector, inSight, namespace, inventory)) return;
  const wanted = [...selector].map(([key, value]) => `${key}=${value}`).join(',');
  if (isSetLater(selector, inSight, namespace)) return;
  const hint = nearest(
    selector,
    near.slice(0, mostCompared).map(({ labels }) => labels),
  );
  const isOurs = hint !== '' || isMeant(selector, inSight, namespace, name);
  const message = elsewhere.length > 0 ? 'elsewhere' : isOurs ? 'noPods' : 'unseenPods';
  report(spec.at('selector'), message, { name, selector: wanted, hint });
}

/**
 * Whether but for labels that nothing in sight has a selector fits: these are set while the pods run, as on the leader
 * among them, unless they are slips of the pen.
 */
function isSetLater(selector: Labels, inSight: LabelIndex, namespace: string | undefined): boolean {
  const [known, unknown] = [true, false].map(
    (wanted) => new Map([...selector].filter(([key]) => inSight.hasKey(key) === wanted)),
  );
  if (known === undefined || unknown === undefined || known.size === 0 || unknown.size === 0) return false;
  const fitting = inSight.selectedBy(known, namespace);
  const keys = [...new Set(fitting.flatMap(({ labels }) => [...labels.keys()]))];
  return fitting.length > 0 && [...unknown.keys()].every((key) => didYouMean(key, keys) === '');
}

/** Labels that say what an application is, one of which is enough to know it by. */
const identifying = ['app', 'app.kubernetes.io/name', 'k8s-app', 'run', 'name'];

/**
 * Whether something in sight is that which a selector is meant for, though not all of its labels fit. A label that
 * nothing has may be set while the pods run, as on the leader among them.
 */
function isMeant(
  selector: Labels,
  inSight: LabelIndex,
  namespace: string | undefined,
  name: string,
): boolean {
  if (![...selector.keys()].every((key) => inSight.hasKey(key))) return false;
  return identifying.some((key) =>
    [selector.get(key), name].some(
      (value) => value !== undefined && inSight.selectedBy(new Map([[key, value]]), namespace).length > 0,
    ),
  );
}

/** A hint is worth this many comparisons. */
const mostCompared = 200;

/** Points to a value that would do, when but one label of the selector differs and looks mistyped. */
function nearest(selector: Labels, labels: readonly Labels[]): string {
  for (const [key, value] of selector) {
    const rest = new Map([...selector].filter(([other]) => other !== key));
    const values = labels.flatMap((one) => (hasLabels(one, rest) ? (one.get(key) ?? []) : []));
    const hint = didYouMean(value, [...new Set(values)]);
    if (hint !== '') return hint;
  }
  return '';
}

function checkStatefulSet({ manifest, inventory, report }: Check): void {
  const { name, namespace, root } = manifest;
  const place = root.at('spec', 'serviceName');
  const service = place.string;
  if (!service || !inventory.complete || isTestTarget(manifest.target)) return;
  const isIn = (index: ObjectIndex) =>
    index
      .derived(servicesByName)
      .get(service)
      ?.some((other) => mayShareNamespace(other.namespace, namespace)) ?? false;
  if (isIn(inventory.target) || isIn(inventory.repository)) return;
  const near = inventory.target
    .ofKind('Service')
    .filter((object) => mayShareNamespace(object.namespace, namespace));
  if (near.length === 0) return;
  const names = near.slice(0, mostCompared).map((object) => object.name);
  report(place, 'noService', { name, service, hint: didYouMean(service, names) });
}

function checkMonitor({ manifest, inventory, report }: Check): void {
  const { kind, name, namespace, root } = manifest;
  const selector = root.at('spec', 'selector');
  const scope = root.at('spec', 'namespaceSelector');
  // One that watches all namespaces is as a rule meant for what others deploy.
  if (scope.at('any').value === true || !inventory.complete || isTestTarget(manifest.target)) return;
  const named = scope
    .at('matchNames')
    .items()
    .map(({ string }) => string);
  const choice = kind === 'PodMonitor' ? podsOf : servicesOf;
  const inSight = inventory.target.derived(choice);
  const wanted = labelsAt(selector.at('matchLabels'));
  const namespaces = named.length > 0 ? named : [namespace];
  const isSelected = (index: LabelIndex) =>
    namespaces.some((one) =>
      index.selectedBy(wanted, one).some(({ labels }) => matchesSelector(selector, labels)),
    );
  if (isSelected(inSight) || namespaces.every((one) => inSight.inNamespace(one).length === 0)) return;
  if (isSelected(inventory.repository.derived(choice))) return;
  if (isForController(wanted, inSight, namespace, inventory)) return;
  const near = namespaces.flatMap((one) => inSight.inNamespace(one)).slice(0, mostCompared);
  const hint = nearest(
    wanted,
    near.map(({ labels }) => labels),
  );
  const message =
    hint !== '' || namespaces.some((one) => isMeant(wanted, inSight, one, name))
      ? 'noTarget'
      : 'unseenTarget';
  report(selector, message, { kind, name, what: kind === 'PodMonitor' ? 'workload' : 'Service', hint });
}
