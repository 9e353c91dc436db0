import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { isEmptySelector, type Labels, labelsAt, matchesSelector } from '../selector.ts';
import {
  addressBlock,
  allPorts,
  anyOf,
  type Direction,
  everyone,
  isInNamespaceOf,
  type NetworkPod,
  namedPort,
  type Peer,
  type Policy,
  type PolicyRule,
  type Ports,
  portRange,
} from './policy.ts';

/** Reads a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, which may hold several policies. */
export function readCiliumPolicy(object: KubernetesObject): Policy[] {
  const specs = [object.root.at('spec'), ...object.root.at('specs').items()];
  return specs.filter(({ exists }) => exists).flatMap((spec) => readSpec(object, spec));
}

/** Deny rules win over those that allow, so they are a policy of their own that is asked first. */
function readSpec(object: KubernetesObject, spec: Field): Policy[] {
  const isClusterwide = object.kind === 'CiliumClusterwideNetworkPolicy';
  const selector = spec.at('endpointSelector');
  const rules = (key: string, peers: string, action: PolicyRule['action']) =>
    spec
      .at(key)
      .items()
      .map((rule) => readRule(rule, peers, action, isClusterwide));
  const denied = { ingress: rules('ingressDeny', 'from', 'deny'), egress: rules('egressDeny', 'to', 'deny') };
  const allowed = { ingress: rules('ingress', 'from', 'allow'), egress: rules('egress', 'to', 'allow') };
  /** A section puts the selected endpoints into default deny unless the policy says otherwise. */
  const isolates = (['ingress', 'egress'] as const).filter((direction: Direction) => {
    const given = spec.at('enableDefaultDeny', direction).value;
    return typeof given === 'boolean' ? given : allowed[direction].length + denied[direction].length > 0;
  });
  const common = {
    object,
    tier: 'default',
    // Those with a nodeSelector instead act on nodes.
    selects: (pod: NetworkPod) =>
      selector.exists &&
      (isClusterwide || isInNamespaceOf(object, pod)) &&
      matchesSelector(selector, endpointLabels(pod)),
  } as const;
  return [
    { ...common, order: Number.NEGATIVE_INFINITY, isolates: new Set(), rules: denied },
    { ...common, order: 1000, isolates: new Set(isolates), rules: allowed },
  ];
}

const namespaceKey = 'io.kubernetes.pod.namespace';
const namespaceLabelPrefix = 'io.cilium.k8s.namespace.labels.';

/** The labels that Cilium gives the endpoint of a pod; selectors may name their source, `k8s:` or `any:`. */
function endpointLabels({ namespace, labels, serviceAccount }: NetworkPod): Labels {
  const endpoint = new Map<string, string>();
  for (const source of ['', 'k8s:', 'any:']) {
    for (const [key, value] of labels) endpoint.set(`${source}${key}`, value);
    for (const [key, value] of namespace.labels)
      endpoint.set(`${source}${namespaceLabelPrefix}${key}`, value);
    endpoint.set(`${source}${namespaceKey}`, namespace.name);
    endpoint.set(`${source}io.cilium.k8s.policy.serviceaccount`, serviceAccount);
  }
  return endpoint;
}

/** An empty rule is for nobody; one without any section of peers, but with ports, for everyone. */
function readRule(
  rule: Field,
  prefix: string,
  action: PolicyRule['action'],
  isClusterwide: boolean,
): PolicyRule {
  const sections = rule.properties().filter(({ exists }) => exists);
  const named = sections.filter(({ key }) => String(key).startsWith(prefix) && key !== 'toPorts');
  const peers = named.flatMap((section) => readPeers(section, prefix, isClusterwide));
  const isForAnyone = sections.length > 0 && named.length === 0;
  return { field: rule, action, peers: isForAnyone ? [everyone(rule)] : peers, ports: readPorts(rule) };
}

function readPeers(section: Field, prefix: string, isClusterwide: boolean): Peer[] {
  switch (String(section.key).slice(prefix.length)) {
    case 'Endpoints':
      return section.items().map((selector) => endpointPeer(selector, isClusterwide));
    case 'Entities':
      return section.items().map(entityPeer);
    case 'CIDR':
      return section.items().map((block) => addressBlock(block, block.string ?? '', []));
    case 'CIDRSet':
      return section
        .items()
        .map((set) => addressBlock(set, set.at('cidr').string ?? '', set.at('except').items()));
    default:
      // Nodes, names of hosts, groups of a cloud: neither pods nor addresses that are known here.
      return section.items().map((field) => ({ field, scope: 'some', matches: () => false }));
  }
}

/** Endpoints of the policy's own namespace, unless the selector speaks of namespaces or the policy is of the cluster. */
function endpointPeer(selector: Field, isClusterwide: boolean): Peer {
  const expressions = selector.at('matchExpressions').items();
  const keys = [
    ...labelsAt(selector.at('matchLabels')).keys(),
    ...expressions.map((expression) => expression.at('key').string ?? ''),
  ].map((key) => key.replace(/^(?:k8s|any)[:.]/, ''));
  const crosses =
    isClusterwide || keys.some((key) => key === namespaceKey || key.startsWith(namespaceLabelPrefix));
  const isEvery =
    crosses &&
    selector.at('matchLabels').properties().length === 0 &&
    expressions.every((expression) => expression.at('operator').value === 'Exists') &&
    keys.every((key) => key === namespaceKey);
  return {
    field: selector,
    scope: isEvery ? 'every pod' : 'some',
    matches: (party, pod) =>
      typeof party !== 'string' &&
      (crosses || party.namespace.name === pod.namespace.name) &&
      (isEmptySelector(selector) || matchesSelector(selector, endpointLabels(party))),
  };
}

function entityPeer(field: Field): Peer {
  const entity = field.value;
  const isOutside = entity === 'all' || entity === 'world';
  const isInside = entity === 'all' || entity === 'cluster';
  return {
    field,
    scope: isOutside ? 'everyone' : isInside ? 'every pod' : 'some',
    matches: (party) => (typeof party === 'string' ? isOutside : isInside),
  };
}

function readPorts(rule: Field): Ports {
  const lists = rule.at('toPorts').items();
  if (lists.length === 0 && !rule.at('icmps').exists) return allPorts;
  return anyOf(lists.flatMap((list) => list.at('ports').items().map(readPort)));
}

/** Ports are strings, names among them; without a protocol it is any. Port 0 stands for all. */
function readPort(port: Field): Ports {
  const text = String(port.at('port').value ?? '0');
  const given = port.at('protocol').string;
  const protocols = given === undefined || given === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [given];
  if (!/^\d+$/.test(text)) return anyOf(protocols.map((protocol) => namedPort(protocol, text)));
  const first = text === '0' ? undefined : Number(text);
  return anyOf(protocols.map((protocol) => portRange(protocol, first, port.at('endPort').value ?? first)));
}
