import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import type { Labels } from '../selector.ts';
import { containsAddress, isEveryAddress } from './cidr.ts';

export type Direction = 'ingress' | 'egress';

/** A namespace as policies see it. */
export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

/** A pod as policies see it. */
export interface NetworkPod {
  readonly namespace: Namespace;
  readonly labels: Labels;
  readonly serviceAccount: string;
}

/** Who is at the other end: a pod, or an IP address of something that is none. */
export type Party = NetworkPod | string;

/** A port of whoever accepts the traffic. */
export interface Port {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly number: number;
  /** What the accepting pod's container calls it. */
  readonly name?: string;
}

/**
 * What a policy says, in the words that all kinds have in common. It is read once and asked for many pods. Policies of
 * one tier are asked in their order, and the first rule that fits decides.
 */
export interface Policy {
  readonly object: KubernetesObject;
  /** Which policies are asked first: those of the cluster's administrators, of everyone, and what holds without any. */
  readonly tier: 'admin' | 'default' | 'baseline';
  readonly order: number;
  /** Whether it acts on a pod; one that names no namespace is taken to be in that of the pod. */
  selects(pod: NetworkPod): boolean;
  /** A label that all pods have on which it acts, as `key=value`; undefined when none is known. */
  readonly label?: string | undefined;
  /** In which directions the selected pods lose all traffic that no rule allows. */
  readonly isolates: ReadonlySet<Direction>;
  readonly rules: Readonly<Record<Direction, readonly PolicyRule[]>>;
}

/** One item under `ingress` or `egress`. */
export interface PolicyRule {
  readonly field: Field;
  /** `pass` leaves the decision to the policies of the next tier. */
  readonly action: 'allow' | 'deny' | 'pass';
  /** The rule is for any of them; for nobody when there is none. */
  readonly peers: readonly Peer[];
  readonly ports: Ports;
}

/** With whom a rule lets pods talk. */
export interface Peer {
  /** Where it is written; the rule itself when it names nobody and so means everyone. */
  readonly field: Field;
  /** Everyone on the network, every pod of the cluster, or fewer. */
  readonly scope: 'everyone' | 'every pod' | 'some';
  /** Whether it is for this party, seen from a pod that the policy selects. */
  matches(party: Party, pod: NetworkPod): boolean;
}

/** Which ports a rule is for. */
export interface Ports {
  /** Whether all ports of TCP are among them. */
  readonly all: boolean;
  matches(port: Port): boolean;
}

export const allPorts: Ports = { all: true, matches: () => true };

/** The ports of a list; `readers` say for each item which ports it means. */
export function anyOf(items: readonly Ports[]): Ports {
  return {
    all: items.some(({ all }) => all),
    matches: (port) => items.some((item) => item.matches(port)),
  };
}

/** The ports from `first` to `last`, both included; those of every number when `first` is undefined. */
export function portRange(protocol: unknown, first: unknown, last: unknown = first): Ports {
  const [low, high] = [Number(first), Number(last)];
  return {
    all: first === undefined && protocol === 'TCP',
    matches: (port) =>
      port.protocol === protocol && (first === undefined || (port.number >= low && port.number <= high)),
  };
}

/** The port that the accepting pod calls by a name. */
export function namedPort(protocol: unknown, name: string): Ports {
  return {
    all: false,
    matches: (port) => (protocol === undefined || port.protocol === protocol) && port.name === name,
  };
}

/** Everyone, because the rule names nobody. */
export function everyone(rule: Field): Peer {
  return { field: rule, scope: 'everyone', matches: () => true };
}

/** The addresses of a block but for some smaller blocks. The address of a pod is not known and in no block. */
export function addressBlock(field: Field, cidr: string, except: readonly Field[]): Peer {
  const isIn = (block: string, party: Party) => typeof party === 'string' && containsAddress(block, party);
  return {
    field,
    scope: isEveryAddress(cidr) && except.length === 0 ? 'everyone' : 'some',
    matches: (party) => isIn(cidr, party) && !except.some(({ string }) => isIn(string ?? '', party)),
  };
}

/** Whether a policy that is in a namespace can act on a pod. */
export function isInNamespaceOf(policy: KubernetesObject, pod: NetworkPod): boolean {
  return policy.namespace === undefined || policy.namespace === pod.namespace.name;
}
