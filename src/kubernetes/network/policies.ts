import { groupBy } from '../../group-by.ts';
import { Field } from '../field.ts';
import type { Inventory, ObjectIndex } from '../inventory.ts';
import type { KubernetesObject } from '../object.ts';
import { type Labels, labelsAt, matchesSelector } from '../selector.ts';
import { podsOf } from '../service.ts';
import type { Pod } from '../workload.ts';
import { readAdminPolicy } from './admin-policy.ts';
import { readCalicoPolicy } from './calico.ts';
import { readCiliumPolicy } from './cilium.ts';
import { readNetworkPolicy } from './network-policy.ts';
import type { Direction, Namespace, NetworkPod, Party, Policy, PolicyRule, Port } from './policy.ts';

type Reader = (object: KubernetesObject) => Policy[];

const namespaced = new Map<string, Reader>([
  ['NetworkPolicy.networking.k8s.io', readNetworkPolicy],
  ['NetworkPolicy.extensions', readNetworkPolicy],
  ['CiliumNetworkPolicy.cilium.io', readCiliumPolicy],
  ['NetworkPolicy.projectcalico.org', readCalicoPolicy],
  ['NetworkPolicy.crd.projectcalico.org', readCalicoPolicy],
]);

const clusterwide = new Map<string, Reader>([
  ['CiliumClusterwideNetworkPolicy.cilium.io', readCiliumPolicy],
  ['GlobalNetworkPolicy.projectcalico.org', readCalicoPolicy],
  ['GlobalNetworkPolicy.crd.projectcalico.org', readCalicoPolicy],
  ['AdminNetworkPolicy.policy.networking.k8s.io', readAdminPolicy],
  ['BaselineAdminNetworkPolicy.policy.networking.k8s.io', readAdminPolicy],
  ['ClusterNetworkPolicy.policy.networking.k8s.io', readAdminPolicy],
]);

/** `Kind.group` of everything that {@link readPolicies} reads. */
export const policyKinds: readonly string[] = [...namespaced.keys(), ...clusterwide.keys()];

const kyvernoPolicy = 'ClusterPolicy.kyverno.io';

/** `Kind.group` of everything that decides about the traffic of pods here: policies, namespaces, and what makes policies. */
export const trafficKinds: readonly string[] = [...policyKinds, 'Namespace', kyvernoPolicy];

/** Reads what an object says about the traffic of pods; nothing when it is no such policy. */
export function readPolicies(object: KubernetesObject): Policy[] {
  return (namespaced.get(object.groupKind) ?? clusterwide.get(object.groupKind))?.(object) ?? [];
}

/** A namespace with the labels of its object, if there is one, and the name label that the API server sets. */
export function namespaceOf(name: string, object: KubernetesObject | undefined): Namespace {
  const labels = new Map(labelsAt(object?.root.at('metadata', 'labels') ?? new Field(undefined)));
  return { name, labels: labels.set('kubernetes.io/metadata.name', name) };
}

/** A namespace by its name, with the labels of its object in an index. */
export function namespaceIn(index: ObjectIndex, name: string): Namespace {
  return index.derived(namespacesOf)(name);
}

function namespacesOf(index: ObjectIndex): (name: string) => Namespace {
  return table((name) => namespaceOf(name, index.find('Namespace', undefined, name)[0]));
}

/** What `make` makes of a key, made when it is first asked for. */
function table<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}

/** The pods of a workload in a namespace; undefined on the network of the node, which policies do not reach. */
export function networkPodOf(pod: Pod, namespace: Namespace): NetworkPod | undefined {
  if (pod.spec.valueAt('hostNetwork') === true) return undefined;
  const account = pod.spec.valueAt('serviceAccountName');
  const serviceAccount = typeof account === 'string' ? account : 'default';
  return { namespace, labels: labelsAt(pod.metadata.at('labels')), serviceAccount };
}

/** A pod of which nothing is known but its namespace: what selects it selects by default. */
export function anyPodIn(namespace: Namespace): NetworkPod {
  return { namespace, labels: noLabels, serviceAccount: 'default' };
}

const noLabels: Labels = new Map();

/** Where to look for policies. */
type View = Pick<Inventory, 'target' | 'environment'>;

/** The policies that may act in a namespace. */
export interface NamespacePolicies {
  readonly namespace: Namespace;
  /** Those that are in the namespace. */
  readonly own: readonly Policy[];
  /** Those, and the ones of the whole cluster. */
  readonly all: readonly Policy[];
}

/**
 * The policies that go to the same cluster and may act in a namespace; those that name no namespace are applied to
 * that of their target.
 */
export function policiesIn(view: View, name: string): NamespacePolicies {
  const own = ownPolicies(view, name);
  const { all: clusterwide } = view.environment.derived(clusterwidePolicies);
  return { namespace: namespaceIn(view.environment, name), own, all: [...own, ...clusterwide] };
}

/** Of the policies that may act in a namespace, those that are in it. */
export function ownPolicies({ target, environment }: View, name: string): readonly Policy[] {
  const { all } = environment.derived(namespacedPolicies)(name);
  const unplaced = target.derived(unplacedPolicies);
  return unplaced.all.length === 0 ? all : [...all, ...unplaced.all];
}

/** Of the policies that may act in the namespace of a pod, those that may act on the pod by its labels. */
export function policiesFor(pod: NetworkPod, { target, environment }: View): Policy[] {
  const sets = [
    environment.derived(namespacedPolicies)(pod.namespace.name),
    target.derived(unplacedPolicies),
    environment.derived(clusterwidePolicies),
  ];
  const found: Policy[] = [];
  for (const { byLabel } of sets) {
    if (byLabel.size === 0) continue;
    for (const policy of byLabel.get(undefined) ?? []) found.push(policy);
    for (const [key, value] of pod.labels)
      for (const policy of byLabel.get(`${key}=${value}`) ?? []) found.push(policy);
  }
  return found;
}

interface PolicySet {
  readonly all: readonly Policy[];
  readonly byLabel: ReadonlyMap<string | undefined, readonly Policy[]>;
}

const noPolicies: PolicySet = { all: [], byLabel: new Map() };

function policySet(objects: readonly KubernetesObject[]): PolicySet {
  if (objects.length === 0) return noPolicies;
  const all = objects.flatMap(readPolicies);
  return { all, byLabel: groupBy(all, ({ label }) => label) };
}

/** The policies of an index in a namespace. */
function namespacedPolicies(index: ObjectIndex): (namespace: string) => PolicySet {
  const objects = groupBy(index.ofKind(...namespaced.keys()), ({ namespace }) => namespace);
  return table((namespace) => policySet(objects.get(namespace) ?? []));
}

/** The policies of an index that name no namespace. */
function unplacedPolicies(index: ObjectIndex): PolicySet {
  return policySet(index.ofKind(...namespaced.keys()).filter(({ namespace }) => namespace === undefined));
}

function clusterwidePolicies(index: ObjectIndex): PolicySet {
  return policySet(index.ofKind(...clusterwide.keys()));
}

/** The policies in namespaces of an index that select some of its pods. */
export function policiesAtWork(index: ObjectIndex): ReadonlySet<KubernetesObject> {
  const atWork = index.ofKind(...namespaced.keys()).filter((object) => {
    const namespace = namespaceOf(object.namespace ?? '', undefined);
    const pods = index.derived(podsOf).inNamespace(object.namespace);
    return readPolicies(object).some((policy) =>
      pods.some(({ pod }) => {
        const networkPod = pod === undefined ? undefined : networkPodOf(pod, namespace);
        return networkPod !== undefined && policy.selects(networkPod);
      }),
    );
  });
  return new Set(atWork);
}

/** Whether a pod loses, in a direction, all traffic that no policy allows. */
export function isIsolated(policies: readonly Policy[], pod: NetworkPod, direction: Direction): boolean {
  return policies.some((policy) => policy.isolates.has(direction) && policy.selects(pod));
}

/** Traffic between a pod and someone else. */
export interface Traffic {
  /** As seen from the pod. */
  readonly direction: Direction;
  readonly party: Party;
  /** Of whoever accepts the traffic. */
  readonly port: Port;
}

const tiers = ['admin', 'default', 'baseline'] as const;

/**
 * Whether policies let traffic of a pod pass. Traffic between two pods passes when this holds for both of them.
 *
 * The first rule that fits decides, tier by tier. Rules of Kubernetes and Cilium that allow come in no order, as none of
 * them denies. When none fits, a pod that is isolated is cut off.
 */
export function isAllowed(policies: readonly Policy[], pod: NetworkPod, traffic: Traffic): boolean {
  const { direction, party, port } = traffic;
  const fits = ({ peers, ports }: PolicyRule) =>
    ports.matches(port) && peers.some((peer) => peer.matches(party, pod));
  for (const tier of tiers) {
    const acting = policies
      .filter((policy) => policy.tier === tier && policy.selects(pod))
      .sort((a, b) => compare(a.order, b.order));
    if (acting.length === 0) continue;
    const decision = acting.flatMap(({ rules }) => rules[direction]).find(fits)?.action;
    if (decision === 'allow' || decision === 'deny') return decision === 'allow';
    if (decision === undefined && tier === 'default' && isIsolated(acting, pod, direction)) return false;
  }
  return true;
}

/** Orders may be infinite, and the difference of two infinities is no number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether a policy engine makes a network policy for a namespace when that is created. Known: Kyverno, by the labels
 * of the namespaces that its rules are for.
 */
export function hasGeneratedPolicy(index: ObjectIndex, { labels }: Namespace): boolean {
  return index.derived(generators).some((rule) => {
    const match = rule.at('match');
    const filters = [match, ...match.at('any').items(), ...match.at('all').items()];
    const selectors = filters
      .map((filter) => filter.at('resources', 'selector'))
      .filter(({ exists }) => exists);
    return selectors.length === 0 || selectors.some((selector) => matchesSelector(selector, labels));
  });
}

/** The rules of Kyverno that make network policies. */
function generators(index: ObjectIndex): Field[] {
  return index
    .ofKind(kyvernoPolicy)
    .flatMap(({ root }) => root.at('spec', 'rules').items())
    .filter((rule) => {
      const cloned = rule.at('generate', 'cloneList', 'kinds').items();
      return [rule.at('generate', 'kind'), ...cloned].some(({ string }) => string?.endsWith('NetworkPolicy'));
    });
}
