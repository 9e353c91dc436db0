import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import type { Labels } from '../selector.ts';
import { readCalicoSelector } from './calico-selector.ts';
import { containsAddress, isEveryAddress } from './cidr.ts';
import {
  allPorts,
  anyOf,
  type Direction,
  everyone,
  isInNamespaceOf,
  type NetworkPod,
  namedPort,
  type Party,
  type Peer,
  type Policy,
  type PolicyRule,
  type Ports,
  portRange,
} from './policy.ts';

/** Reads a NetworkPolicy or GlobalNetworkPolicy of Calico. Those without `order` come last. */
export function readCalicoPolicy(object: KubernetesObject): Policy[] {
  const spec = object.root.at('spec');
  const isGlobal = object.kind === 'GlobalNetworkPolicy';
  const selectors = [
    { selector: selectorAt(spec.at('selector')), of: podLabels },
    { selector: selectorAt(spec.at('namespaceSelector')), of: namespaceLabels },
    { selector: selectorAt(spec.at('serviceAccountSelector')), of: serviceAccountLabels },
  ];
  // Both are for the interfaces of nodes.
  const isForNodes = spec.at('doNotTrack').value === true || spec.at('preDNAT').value === true;
  const order = spec.at('order').value;
  return [
    {
      object,
      tier: 'default',
      order: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
      selects: (pod) =>
        !isForNodes &&
        (isGlobal || isInNamespaceOf(object, pod)) &&
        selectors.every(({ selector, of }) => selector(of(pod))),
      isolates: directionsOf(spec),
      rules: {
        ingress: spec
          .at('ingress')
          .items()
          .flatMap((rule) => readRule(rule, 'source', isGlobal)),
        egress: spec
          .at('egress')
          .items()
          .flatMap((rule) => readRule(rule, 'destination', isGlobal)),
      },
    },
  ];
}

/** Without `types` a policy is for the directions that it has rules for, or for ingress when it has none. */
function directionsOf(spec: Field): ReadonlySet<Direction> {
  const types = spec.at('types').items();
  const given = types.map(({ value }) => value);
  const has = {
    ingress: spec.at('ingress').items().length > 0,
    egress: spec.at('egress').items().length > 0,
  };
  const directions: Direction[] = [];
  if (types.length > 0 ? given.includes('Ingress') : has.ingress || !has.egress) directions.push('ingress');
  if (types.length > 0 ? given.includes('Egress') : has.egress) directions.push('egress');
  return new Set(directions);
}

/** A selector that cannot be read selects everything, so that nobody hears that there is no policy. */
function selectorAt(field: Field): (labels: Labels) => boolean {
  return readCalicoSelector(field.string ?? '') ?? (() => true);
}

function podLabels({ namespace, labels, serviceAccount }: NetworkPod): Labels {
  return new Map(labels)
    .set('projectcalico.org/namespace', namespace.name)
    .set('projectcalico.org/orchestrator', 'k8s')
    .set('projectcalico.org/serviceaccount', serviceAccount);
}

function namespaceLabels({ namespace }: NetworkPod): Labels {
  return new Map(namespace.labels).set('projectcalico.org/name', namespace.name);
}

/** Of the labels of ServiceAccounts only the one that Calico sets is known. */
function serviceAccountLabels({ serviceAccount }: NetworkPod): Labels {
  return new Map([['projectcalico.org/name', serviceAccount]]);
}

const actions: ReadonlyMap<unknown, PolicyRule['action']> = new Map([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);

/** No rule when it decides nothing, as with the action Log. */
function readRule(rule: Field, party: 'source' | 'destination', isGlobal: boolean): PolicyRule[] {
  const action = actions.get(rule.at('action').value);
  if (action === undefined) return [];
  return [{ field: rule, action, peers: [readPeer(rule, rule.at(party), isGlobal)], ports: readPorts(rule) }];
}

/** What an EntityRule says about someone; all of it must hold. */
function readPeer(rule: Field, entity: Field, isGlobal: boolean): Peer {
  const keys = entity.properties().flatMap(({ key, exists }) => (exists ? String(key) : []));
  const about = keys.filter((key) => key !== 'ports' && key !== 'notPorts');
  if (about.length === 0) return everyone(rule);
  const nets = entity.at('nets').items();
  const onlyNets = about.every((key) => key === 'nets');
  const isSelected = (pod: NetworkPod, own: NetworkPod) =>
    (isGlobal || entity.at('namespaceSelector').exists || pod.namespace.name === own.namespace.name) &&
    selectorAt(entity.at('namespaceSelector'))(namespaceLabels(pod)) &&
    selectorAt(entity.at('selector'))(podLabels(pod)) &&
    isNamed(entity.at('serviceAccounts', 'names'), pod.serviceAccount);
  const selects = about.every((key) => key === 'selector' || key === 'namespaceSelector');
  const isWide = isGlobal || entity.at('namespaceSelector').exists;
  const isEvery =
    selects && isWide && ['selector', 'namespaceSelector'].every((key) => isAll(entity.at(key)));
  const isEveryNet = onlyNets && nets.some(({ value }) => isEveryAddress(value));
  return {
    field: isEveryNet ? entity.at('nets') : entity,
    scope: isEveryNet ? 'everyone' : isEvery ? 'every pod' : 'some',
    matches: (party, own) =>
      typeof party === 'string'
        ? about.every((key) => key === 'nets' || key === 'notNets') &&
          (nets.length === 0 || isInNets(nets, party)) &&
          !isInNets(entity.at('notNets').items(), party)
        : nets.length === 0 &&
          isSelected(party, own) &&
          !(entity.at('notSelector').exists && selectorAt(entity.at('notSelector'))(podLabels(party))),
  };
}

function isAll(selector: Field): boolean {
  return !selector.exists || selector.value === '' || selector.value === 'all()';
}

function isNamed(names: Field, name: string): boolean {
  const items = names.items();
  return items.length === 0 || items.some(({ value }) => value === name);
}

function isInNets(nets: readonly Field[], party: Party): boolean {
  return typeof party === 'string' && nets.some(({ string }) => containsAddress(string ?? '', party));
}

/** Ports are numbers, ranges such as `80:90`, or names; without any, all of the rule's protocol. */
function readPorts(rule: Field): Ports {
  const given = rule.at('protocol').value;
  const protocol = typeof given === 'string' ? given.toUpperCase() : given;
  const ports = rule.at('destination', 'ports').items();
  const limits = [
    rule.at('source', 'ports'),
    rule.at('destination', 'notPorts'),
    rule.at('http'),
    rule.at('icmp'),
  ];
  const limited = limits.some(({ exists }) => exists);
  if (ports.length > 0) return anyOf(ports.map((port) => readPort(port, protocol)));
  if (protocol === undefined) return limited ? { all: false, matches: () => true } : allPorts;
  return limited ? { ...portRange(protocol, undefined), all: false } : portRange(protocol, undefined);
}

function readPort({ value }: Field, protocol: unknown): Ports {
  const text = String(value);
  const range = /^(\d+)(?::(\d+))?$/.exec(text);
  return range === null ? namedPort(protocol, text) : portRange(protocol, range[1], range[2] ?? range[1]);
}
