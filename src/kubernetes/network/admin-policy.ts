import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { isEmptySelector, matchesSelector } from '../selector.ts';
import {
  addressBlock,
  allPorts,
  anyOf,
  type NetworkPod,
  namedPort,
  type Peer,
  type Policy,
  type PolicyRule,
  type Ports,
  portRange,
} from './policy.ts';

/**
 * Reads an AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. They isolate no pod by selecting
 * it: only a rule that denies all pods on all ports does so.
 * Source: kubernetes-sigs/network-policy-api, apis v1alpha1 and v1alpha2.
 */
export function readAdminPolicy(object: KubernetesObject): Policy[] {
  const spec = object.root.at('spec');
  const isBaseline = object.kind === 'BaselineAdminNetworkPolicy' || spec.at('tier').value === 'Baseline';
  const priority = spec.at('priority').value;
  const rules = {
    ingress: spec
      .at('ingress')
      .items()
      .flatMap((rule) => readRule(rule, 'from')),
    egress: spec
      .at('egress')
      .items()
      .flatMap((rule) => readRule(rule, 'to')),
  };
  return [
    {
      object,
      tier: isBaseline ? 'baseline' : 'admin',
      order: typeof priority === 'number' ? priority : 0,
      selects: (pod) => selects(spec.at('subject'), pod),
      isolates: new Set((['ingress', 'egress'] as const).filter((each) => deniesAll(rules[each]))),
      rules,
    },
  ];
}

function deniesAll(rules: readonly PolicyRule[]): boolean {
  return rules.some(
    ({ action, peers, ports }) =>
      action === 'deny' && ports.all && peers.some(({ scope }) => scope !== 'some'),
  );
}

/** Whether a subject or a peer, which has either `namespaces` or `pods`, is for a pod. */
function selects(subject: Field, { namespace, labels }: NetworkPod): boolean {
  const [namespaces, pods] = [subject.at('namespaces'), subject.at('pods')];
  if (namespaces.exists) return matchesSelector(namespaces, namespace.labels);
  return (
    pods.exists &&
    matchesSelector(pods.at('namespaceSelector'), namespace.labels) &&
    matchesSelector(pods.at('podSelector'), labels)
  );
}

const actions: ReadonlyMap<unknown, PolicyRule['action']> = new Map([
  ['Allow', 'allow'],
  ['Accept', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);

function readRule(rule: Field, key: string): PolicyRule[] {
  const action = actions.get(rule.at('action').value);
  if (action === undefined) return [];
  const ports = [
    ...rule.at('ports').items().map(readPort),
    ...rule.at('protocols').items().map(readProtocol),
  ];
  return [
    {
      field: rule,
      action,
      peers: rule.at(key).items().flatMap(readPeer),
      ports: ports.length === 0 ? allPorts : anyOf(ports),
    },
  ];
}

function readPeer(peer: Field): Peer[] {
  const networks = peer.at('networks').items();
  if (networks.length > 0) return networks.map((block) => addressBlock(block, block.string ?? '', []));
  const [namespaces, pods] = [peer.at('namespaces'), peer.at('pods')];
  const isEvery =
    (namespaces.exists && isEmptySelector(namespaces)) ||
    (pods.exists && isEmptySelector(pods.at('namespaceSelector')) && isEmptySelector(pods.at('podSelector')));
  return [
    {
      field: peer,
      scope: isEvery ? 'every pod' : 'some',
      matches: (party) => typeof party !== 'string' && selects(peer, party),
    },
  ];
}

/** v1alpha1: `portNumber`, `portRange` or `namedPort`. */
function readPort(port: Field): Ports {
  const [one, range] = [port.at('portNumber'), port.at('portRange')];
  if (one.exists) return portRange(one.at('protocol').string ?? 'TCP', one.at('port').value);
  if (range.exists)
    return portRange(range.at('protocol').string ?? 'TCP', range.at('start').value, range.at('end').value);
  return namedPort(undefined, port.at('namedPort').string ?? '');
}

/** v1alpha2: `tcp`, `udp` or `sctp` with a `destinationPort`, or `destinationNamedPort`. */
function readProtocol(protocol: Field): Ports {
  const [given] = protocol.properties();
  if (given === undefined || given.key === 'destinationNamedPort')
    return namedPort(undefined, given?.string ?? '');
  const port = given.at('destinationPort');
  const range = port.at('range');
  return portRange(
    String(given.key).toUpperCase(),
    port.at('number').value ?? range.at('start').value,
    port.at('number').value ?? range.at('end').value,
  );
}
