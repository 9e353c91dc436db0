import { Field } from './field.ts';
import type { KubernetesObject } from './object.ts';
import { isEmptySelector, type Labels, labelsAt, matchesSelector } from './selector.ts';

/** A namespace as policies see it. */
export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

/** A namespace with the labels of its object, if there is one, and the name label that the API server sets. */
export function namespaceOf(name: string, object: KubernetesObject | undefined): Namespace {
  const labels = new Map(labelsAt(object?.root.at('metadata', 'labels') ?? new Field(undefined)));
  return { name, labels: labels.set('kubernetes.io/metadata.name', name) };
}

type Isolates = (policy: KubernetesObject, namespace: Namespace) => boolean;

const namespaced = new Map<string, Isolates>([
  ['NetworkPolicy.networking.k8s.io', isolatesByNetworkPolicy],
  ['NetworkPolicy.extensions', isolatesByNetworkPolicy],
  ['CiliumNetworkPolicy.cilium.io', isolatesByCilium],
  ['NetworkPolicy.projectcalico.org', isolatesByCalico],
  ['NetworkPolicy.crd.projectcalico.org', isolatesByCalico],
]);

const clusterWide = new Map<string, Isolates>([
  ['CiliumClusterwideNetworkPolicy.cilium.io', isolatesByCilium],
  ['GlobalNetworkPolicy.projectcalico.org', isolatesByCalico],
  ['GlobalNetworkPolicy.crd.projectcalico.org', isolatesByCalico],
  ['AdminNetworkPolicy.policy.networking.k8s.io', deniesByAdminPolicy],
  ['BaselineAdminNetworkPolicy.policy.networking.k8s.io', deniesByAdminPolicy],
  ['ClusterNetworkPolicy.policy.networking.k8s.io', deniesByAdminPolicy],
]);

/** `Kind.group` of the policies that act in their own namespace. */
export const namespacedPolicyKinds: readonly string[] = [...namespaced.keys()];
/** `Kind.group` of the policies that act in all namespaces they select. */
export const clusterPolicyKinds: readonly string[] = [...clusterWide.keys()];

/**
 * Whether a policy, taken to act in this namespace if it is a namespaced one, denies traffic to all of the
 * namespace's pods unless a source is named: it selects every pod, and each rule that it has limits its peers.
 */
export function isolatesIngress(policy: KubernetesObject, namespace: Namespace): boolean {
  const kind = policy.groupKind;
  return (namespaced.get(kind) ?? clusterWide.get(kind))?.(policy, namespace) ?? false;
}

const anyAddress: readonly unknown[] = ['0.0.0.0/0', '::/0'];

/** Kubernetes: pods that a policy selects are isolated, and may then only be reached as some policy allows. */
function isolatesByNetworkPolicy({ root }: KubernetesObject): boolean {
  const spec = root.at('spec');
  const types = spec.at('policyTypes').items();
  return (
    isEmptySelector(spec.at('podSelector')) &&
    // Without types the API server sets Ingress.
    (types.length === 0 || types.some(({ value }) => value === 'Ingress')) &&
    spec.at('ingress').items().every(limitsPeers)
  );
}

function limitsPeers(rule: Field): boolean {
  const peers = rule.at('from').items();
  return peers.length > 0 && !peers.some(isAnyPeer);
}

function isAnyPeer(peer: Field): boolean {
  if (anyAddress.includes(peer.at('ipBlock', 'cidr').value)) return true;
  const namespaces = peer.at('namespaceSelector');
  return namespaces.exists && isEmptySelector(namespaces) && isEmptySelector(peer.at('podSelector'));
}

/** Cilium: a policy with an ingress section puts the endpoints it selects into default deny. */
function isolatesByCilium({ root }: KubernetesObject, { name, labels }: Namespace): boolean {
  const endpoint = new Map<string, string>();
  for (const source of ['', 'k8s:']) {
    endpoint.set(`${source}io.kubernetes.pod.namespace`, name);
    for (const [key, value] of labels) endpoint.set(`${source}io.cilium.k8s.namespace.labels.${key}`, value);
  }
  return [root.at('spec'), ...root.at('specs').items()].some((spec) => {
    const selector = spec.at('endpointSelector');
    const allowed = spec.at('ingress').items();
    return (
      selector.exists &&
      matchesSelector(selector, endpoint) &&
      spec.at('enableDefaultDeny', 'ingress').value !== false &&
      allowed.length + spec.at('ingressDeny').items().length > 0 &&
      allowed.every(limitsCiliumPeers)
    );
  });
}

/** An empty rule allows nothing; one with ports alone allows everyone. */
function limitsCiliumPeers(rule: Field): boolean {
  const keys = rule.properties().map(({ key }) => String(key));
  if (keys.length === 0) return true;
  const open = [...rule.at('fromEntities').items(), ...rule.at('fromCIDR').items()].some(
    ({ value }) => value === 'all' || value === 'world' || anyAddress.includes(value),
  );
  const openSet = rule
    .at('fromCIDRSet')
    .items()
    .some((set) => anyAddress.includes(set.at('cidr').value));
  return keys.some((key) => key.startsWith('from')) && !open && !openSet;
}

/** Calico: what the rules of the policies that select a pod do not allow is denied. */
function isolatesByCalico({ root }: KubernetesObject, { name, labels }: Namespace): boolean {
  const spec = root.at('spec');
  const types = spec.at('types').items();
  const rules = spec.at('ingress').items();
  const ingress =
    types.length === 0
      ? rules.length > 0 || spec.at('egress').items().length === 0
      : types.some(({ value }) => value === 'Ingress');
  return (
    ingress &&
    matchesCalicoSelector(
      spec.at('selector').string ?? '',
      new Map([['projectcalico.org/namespace', name]]),
    ) &&
    matchesCalicoSelector(
      spec.at('namespaceSelector').string ?? '',
      new Map(labels).set('projectcalico.org/name', name),
    ) &&
    rules.every((rule) => {
      const source = rule.at('source');
      const nets = source.at('nets').items();
      return (
        rule.at('action').value !== 'Allow' ||
        (source.properties().length > 0 && !nets.some(({ value }) => anyAddress.includes(value)))
      );
    })
  );
}

/**
 * Whether a Calico selector selects something with these labels. A term that is not understood counts as true, so
 * that a policy in unusual words is not taken for a missing one.
 */
function matchesCalicoSelector(selector: string, labels: Labels): boolean {
  return selector
    .split('||')
    .some((alternative) => alternative.split('&&').every((term) => matchesCalicoTerm(term.trim(), labels)));
}

function matchesCalicoTerm(term: string, labels: Labels): boolean {
  const has = /^(!?)\s*has\(([^)]*)\)$/.exec(term);
  if (has !== null) return labels.has(has[2]?.trim() ?? '') === (has[1] === '');
  const [, key = '', operator = '', operand = ''] =
    /^([^\s!=()]+)\s*(==|!=|not\s+in|in)\s*(.*)$/.exec(term) ?? [];
  const value = labels.get(key);
  const listed = [...operand.matchAll(/["']([^"']*)["']/g)].some(([, text]) => text === value);
  if (operator === '') return true;
  return operator === '==' || operator === 'in' ? value !== undefined && listed : !listed;
}

/** Network Policy API: an explicit rule must deny everyone, in a policy whose subject is the whole namespace. */
function deniesByAdminPolicy({ root }: KubernetesObject, { labels }: Namespace): boolean {
  const subject = root.at('spec', 'subject');
  const namespaces = subject.at('namespaces').exists
    ? subject.at('namespaces')
    : subject.at('pods', 'namespaceSelector');
  return (
    namespaces.exists &&
    isEmptySelector(subject.at('pods', 'podSelector')) &&
    matchesSelector(namespaces, labels) &&
    root
      .at('spec', 'ingress')
      .items()
      .some(
        (rule) =>
          rule.at('action').value === 'Deny' &&
          !rule.at('ports').exists &&
          !rule.at('protocols').exists &&
          rule.at('from').items().some(isEveryNamespace),
      )
  );
}

function isEveryNamespace(peer: Field): boolean {
  const [namespaces, pods] = [peer.at('namespaces'), peer.at('pods')];
  return (
    (namespaces.exists && isEmptySelector(namespaces)) ||
    (pods.exists && isEmptySelector(pods.at('namespaceSelector')) && isEmptySelector(pods.at('podSelector')))
  );
}
