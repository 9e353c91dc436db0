import { append, groupBy } from '../group-by.ts';
import { type Field, valueIn } from './field.ts';
import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { hasLabels, type Labels, labelsAt } from './selector.ts';
import { type Pod, podOf, workloadKinds } from './workload.ts';

/** What selectors choose from: an object's labels, or those of the pods that it makes. */
export interface Selectable {
  /** The Service, or what makes the pods. */
  readonly object: KubernetesObject;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  /** Undefined for a Service, and when an object has no PodSpec that could be read. */
  readonly pod: Pod | undefined;
}

const podMakers = [...workloadKinds, 'DeploymentConfig.apps.openshift.io'];

/** Pods as the templates of an index describe them. */
export function podsOf(index: ObjectIndex): LabelIndex {
  const all: Selectable[] = [];
  for (const kind of podMakers) for (const object of index.ofKind(kind)) all.push(podsMadeBy(object));
  return new LabelIndex(all);
}

function podsMadeBy(object: KubernetesObject): Selectable {
  const pod = podOf(object);
  const metadata = pod?.metadata ?? object.root.at('spec', 'template', 'metadata');
  return { object, namespace: object.namespace, pod, labels: labelsAt(metadata.at('labels')) };
}

/** The Services of an index. */
export function servicesOf(index: ObjectIndex): LabelIndex {
  return new LabelIndex(
    index.ofKind('Service').map((object) => ({
      object,
      namespace: object.namespace,
      pod: undefined,
      labels: labelsAt(object.root.at('metadata', 'labels')),
    })),
  );
}

/** Selectable things by label. What it looks up in is made when it is first asked for. */
export class LabelIndex {
  readonly #all: readonly Selectable[];
  #byLabel: ReadonlyMap<string, readonly Selectable[]> | undefined;
  #byNamespace: ReadonlyMap<string | undefined, readonly Selectable[]> | undefined;
  readonly #inNamespace = new Map<string, readonly Selectable[]>();
  #keys: ReadonlySet<string> | undefined;

  constructor(all: readonly Selectable[]) {
    this.#all = all;
  }

  /** Whether anything has a label with this key. */
  hasKey(key: string): boolean {
    this.#keys ??= new Set(this.#all.flatMap(({ labels }) => [...labels.keys()]));
    return this.#keys.has(key);
  }

  /** What may be in a namespace. */
  inNamespace(namespace: string | undefined): readonly Selectable[] {
    if (namespace === undefined) return this.#all;
    this.#byNamespace ??= groupBy(this.#all, (one) => one.namespace);
    let found = this.#inNamespace.get(namespace);
    if (found === undefined) {
      found = [namespace, undefined].flatMap((each) => this.#byNamespace?.get(each) ?? []);
      this.#inNamespace.set(namespace, found);
    }
    return found;
  }

  /** What may be in a namespace and has all of these labels. */
  selectedBy(labels: Labels, namespace: string | undefined): Selectable[] {
    return this.#withRarest(labels).filter(
      (one) => mayShareNamespace(one.namespace, namespace) && hasLabels(one.labels, labels),
    );
  }

  /** What has the rarest of some labels; of a few things, and without labels, all. */
  #withRarest(labels: Labels): readonly Selectable[] {
    if (this.#all.length <= few) return this.#all;
    this.#byLabel ??= groupByLabel(this.#all);
    let rarest = this.#all;
    for (const [key, value] of labels) {
      const having = this.#byLabel.get(`${key}=${value}`) ?? [];
      if (having.length < rarest.length) rarest = having;
    }
    return rarest;
  }
}

/** As many things are looked at one after the other sooner than they are grouped. */
const few = 20;

function groupByLabel(all: readonly Selectable[]): ReadonlyMap<string, readonly Selectable[]> {
  const byLabel = new Map<string, Selectable[]>();
  for (const one of all) for (const [key, value] of one.labels) append(byLabel, `${key}=${value}`, one);
  return byLabel;
}

/** The Services of an index by name. */
export function servicesByName(index: ObjectIndex): ReadonlyMap<string, readonly KubernetesObject[]> {
  return groupBy(index.ofKind('Service'), ({ name }) => name);
}

/** Whether two objects may be in one namespace; an object that names none can be applied to any. */
export function mayShareNamespace(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** Custom resources from which a controller deploys whole applications, to this or another namespace. */
const deployers = [
  'HelmRelease.helm.toolkit.fluxcd.io',
  'HelmChart.helm.cattle.io',
  'Kustomization.kustomize.toolkit.fluxcd.io',
  'Application.argoproj.io',
];

/**
 * Whether a selector that matches none of the labels in sight may be meant for objects that only a controller
 * makes: they carry labels of its domain, or the name of the custom resource that they are made for.
 */
export function isForController(
  selector: Labels,
  inSight: LabelIndex,
  namespace: string | undefined,
  inventory: Pick<Inventory, 'target' | 'repository'>,
): boolean {
  // Here run the parts of Kubernetes itself, which are in nobody's repository.
  if (namespace === 'kube-system') return true;
  const foreign = [...selector.keys()].some(
    (key) => key.includes('/') && !key.startsWith('app.kubernetes.io/') && !inSight.hasKey(key),
  );
  return foreign || isControllersName([...selector.values()], namespace, inventory);
}

/**
 * Whether one of these names is that of a custom resource of the namespace, or of something that is deployed to any, or
 * starts with it as the names of what controllers make do.
 */
export function isControllersName(
  names: readonly string[],
  namespace: string | undefined,
  { target, repository }: Pick<Inventory, 'target' | 'repository'>,
): boolean {
  const custom = target.derived(customResources);
  const deployed = repository.derived(deployedNames);
  if (custom.size === 0 && deployed.size === 0) return false;
  const owners =
    namespace === undefined ? [...custom.values()] : [custom.get(namespace), custom.get(undefined)];
  return names.flatMap(stems).some((name) => deployed.has(name) || owners.some((each) => each?.has(name)));
}

/** A name and what stands before each of its dashes. */
function stems(name: string): string[] {
  const parts = name.split('-');
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).filter((stem) => stem !== '');
}

/** The names of the custom resources of an index from which controllers make other objects, by namespace. */
function customResources(index: ObjectIndex): ReadonlyMap<string | undefined, ReadonlySet<string>> {
  const makers = index.all.filter(mayMakeObjects);
  const byNamespace = groupBy(makers, ({ namespace }) => namespace);
  return new Map(
    [...byNamespace].map(([namespace, all]) => [namespace, new Set(all.map(({ name }) => name))]),
  );
}

function deployedNames(index: ObjectIndex): ReadonlySet<string> {
  return new Set(index.ofKind(...deployers).map(({ name }) => name));
}

/** Groups whose kinds configure what is there, or for which it is known by name what they make. */
const makesNothing: ReadonlySet<string> = new Set([
  'cert-manager.io',
  'external-secrets.io',
  'keda.sh',
  'kyverno.io',
  'monitoring.coreos.com',
  'networking.istio.io',
  'projectcontour.io',
  'route.openshift.io',
  'security.istio.io',
  'traefik.containo.us',
  'traefik.io',
]);

/** Whether an object is a custom resource from which a controller may make others. */
export function mayMakeObjects(object: KubernetesObject): boolean {
  return isCustomGroup(object.group) && !makesNothing.has(object.group) && podOf(object) === undefined;
}

/** Whether an object is a custom resource and no workload. */
export function isCustom(object: KubernetesObject): boolean {
  return isCustomGroup(object.group) && podOf(object) === undefined;
}

function isCustomGroup(group: string): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** A port of a Service that no container behind it has. */
export interface UnservedPort {
  /** The Service's `targetPort`, or its `port` where that stands for both. */
  readonly place: Field;
  readonly target: string | number;
  /** Names of the containers' ports of the same protocol. */
  readonly names: readonly string[];
}

/**
 * The ports of a Service that lead nowhere: names that no container has; and numbers that none declares, when
 * they declare others of which the Service uses none. (Containers also serve on ports that they do not declare.)
 * Nothing for a headless Service, whose clients may use any port of the pods.
 */
export function unservedPorts(service: Field, pods: readonly Pod[]): UnservedPort[] {
  if (service.valueAt('clusterIP') === 'None') return [];
  const declared = pods.flatMap(declaredPorts);
  const unserved: UnservedPort[] = [];
  let served = declared.length === 0;
  for (const port of service.at('ports').items()) {
    const targetPort = port.at('targetPort');
    const place = targetPort.exists ? targetPort : port.at('port');
    const target = place.value;
    const protocol = protocolOf(port.value);
    const isSame = (one: unknown) => protocolOf(one) === protocol;
    const isServed = (one: unknown) =>
      (valueIn(one, ['containerPort']) === target || valueIn(one, ['name']) === target) && isSame(one);
    if (declared.some(isServed)) served = true;
    // Port names have a letter; a number in quotes is a mistake of another kind.
    else if (typeof target === 'number' || (typeof target === 'string' && /[a-z]/.test(target)))
      unserved.push({ place, target, names: namesOf(declared.filter(isSame)) });
  }
  return served ? unserved.filter(({ target }) => typeof target === 'string') : unserved;
}

/** The ports that the containers of a pod declare, sidecars among them. */
function declaredPorts({ spec }: Pod): unknown[] {
  const sidecars = listAt(spec.value, 'initContainers').filter(
    (container) => valueIn(container, ['restartPolicy']) === 'Always',
  );
  return [...sidecars, ...listAt(spec.value, 'containers')].flatMap((container) =>
    listAt(container, 'ports'),
  );
}

function namesOf(ports: readonly unknown[]): string[] {
  return ports.map((port) => valueIn(port, ['name'])).filter((name) => typeof name === 'string');
}

function protocolOf(port: unknown): string {
  const protocol = valueIn(port, ['protocol']);
  return typeof protocol === 'string' ? protocol : 'TCP';
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = valueIn(value, [key]);
  return Array.isArray(list) ? list : [];
}
