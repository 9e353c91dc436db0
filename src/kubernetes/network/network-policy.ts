import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { hasLabels, isEmptySelector, labelsAt, matchesSelector } from '../selector.ts';
import {
  addressBlock,
  allPorts,
  anyOf,
  type Direction,
  everyone,
  isInNamespaceOf,
  namedPort,
  type Peer,
  type Policy,
  type PolicyRule,
  type Ports,
  portRange,
} from './policy.ts';

/**
 * The directions that a Kubernetes NetworkPolicy is for. Without `policyTypes` the API server sets Ingress, and Egress
 * when there are egress rules (kubernetes/kubernetes, pkg/apis/networking/v1/defaults.go).
 */
export function directionsOf(spec: Field): ReadonlySet<Direction> {
  const types = spec.valueAt('policyTypes');
  const directions = new Set<Direction>();
  if (!Array.isArray(types) || types.length === 0) {
    directions.add('ingress');
    if (spec.at('egress').items().length > 0) directions.add('egress');
    return directions;
  }
  if (types.includes('Ingress')) directions.add('ingress');
  if (types.includes('Egress')) directions.add('egress');
  return directions;
}

/** Reads a Kubernetes NetworkPolicy. Its rules only allow, and its place among Calico's policies is order 1000. */
export function readNetworkPolicy(object: KubernetesObject): Policy[] {
  const spec = object.root.at('spec');
  const isolates = directionsOf(spec);
  const selector = spec.at('podSelector');
  const wanted = labelsAt(selector.at('matchLabels'));
  const [label] = wanted;
  const hasExpressions = selector.at('matchExpressions').exists;
  const rulesOf = (direction: Direction, peers: string) =>
    isolates.has(direction)
      ? spec
          .at(direction)
          .items()
          .map((rule) => readRule(rule, peers))
      : [];
  let ingress: readonly PolicyRule[] | undefined;
  let egress: readonly PolicyRule[] | undefined;
  return [
    {
      object,
      tier: 'default',
      order: 1000,
      selects: (pod) =>
        hasLabels(pod.labels, wanted) &&
        (!hasExpressions || matchesSelector(selector, pod.labels)) &&
        isInNamespaceOf(object, pod),
      label: label?.join('='),
      isolates,
      // Most policies are only asked which pods they isolate.
      rules: {
        get ingress() {
          ingress ??= rulesOf('ingress', 'from');
          return ingress;
        },
        get egress() {
          egress ??= rulesOf('egress', 'to');
          return egress;
        },
      },
    },
  ];
}

/** An empty list of peers or ports means all of them, as a missing one does. */
function readRule(rule: Field, key: string): PolicyRule {
  const peers = rule.at(key).items();
  const ports = rule.at('ports').items();
  return {
    field: rule,
    action: 'allow',
    peers: peers.length === 0 ? [everyone(rule)] : peers.map(readPeer),
    ports: ports.length === 0 ? allPorts : anyOf(ports.map(readPort)),
  };
}

function readPeer(peer: Field): Peer {
  const block = peer.at('ipBlock');
  if (block.exists) return addressBlock(peer, block.at('cidr').string ?? '', block.at('except').items());
  const [pods, namespaces] = [peer.at('podSelector'), peer.at('namespaceSelector')];
  return {
    field: peer,
    scope: namespaces.exists && isEmptySelector(namespaces) && isEmptySelector(pods) ? 'every pod' : 'some',
    // A peer that has neither selector is one that the API server does not take.
    matches: (party, pod) =>
      typeof party !== 'string' &&
      (namespaces.exists
        ? matchesSelector(namespaces, party.namespace.labels)
        : pods.exists && party.namespace.name === pod.namespace.name) &&
      matchesSelector(pods, party.labels),
  };
}

function readPort(port: Field): Ports {
  const protocol = port.at('protocol').string ?? 'TCP';
  const number = port.at('port');
  if (number.string !== undefined) return namedPort(protocol, number.string);
  if (!number.exists) return portRange(protocol, undefined);
  return portRange(protocol, number.value, port.at('endPort').value ?? number.value);
}
