import exposedPorts from './data/exposed-ports.json' with { type: 'json' };
import annotations from './data/load-balancers.json' with { type: 'json' };
import type { Field } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import { isEveryAddress, isPrivateAddress } from './network/cidr.ts';

/** A port of a Service and the product whose port it is by custom. */
export interface KnownPort {
  /** The item of `spec.ports`. */
  readonly field: Field;
  readonly number: number;
  readonly product: string;
  /** What an attacker finds there: stored data, a shell, or a part of the cluster itself. */
  readonly gives: 'data' | 'shell' | 'controlPlane';
}

/** The ports of a Service's spec under which clients reach a database, a shell or a part of the cluster. */
export function knownPorts(spec: Field): KnownPort[] {
  return spec.at('ports').items().flatMap(readPort);
}

/** Git servers and file exchange serve SSH to the public without giving a shell. */
const publicSsh = /git|gogs|gitea|forgejo|gerrit|sftp/i;

function readPort(field: Field): KnownPort[] {
  const number = field.at('port').value;
  if (typeof number !== 'number' || field.at('protocol').value === 'UDP') return [];
  for (const gives of ['data', 'shell', 'controlPlane'] as const) {
    const names: Readonly<Record<string, string>> = exposedPorts[gives];
    const product = names[String(number)];
    if (product === undefined) continue;
    const metadata = field.parent?.parent?.parent?.at('metadata', 'name').string ?? '';
    const isPublic = number === 22 && publicSsh.test(`${metadata} ${field.at('name').string ?? ''}`);
    return isPublic ? [] : [{ field, number, product, gives }];
  }
  return [];
}

/**
 * Where a Service of type LoadBalancer lets everyone in, as far as its manifest says: its type, or the source range
 * that holds every address. Undefined when it is for a private network or for some addresses only.
 */
export function openToEveryone(service: Field, index: ObjectIndex): Field | undefined {
  if (service.valueAt('spec', 'type') !== 'LoadBalancer') return undefined;
  if (isPrivate(service) || index.derived(hasPrivatePools)) return undefined;
  const spec = service.at('spec');
  const given = annotations.ranges.map((key) => service.at('metadata', 'annotations', key));
  const places = [...spec.at('loadBalancerSourceRanges').items(), ...given.filter(({ string }) => string)];
  const isOpen = ({ string }: Field) => string?.split(',').some((range) => isEveryAddress(range.trim()));
  return places.length === 0 ? spec.at('type') : places.find(isOpen);
}

const privateWords = /^(?:internal|intranet|private)$/i;

function isPrivate(service: Field): boolean {
  const annotation = (key: string) => service.at('metadata', 'annotations', key).value;
  const spec = service.at('spec');
  const loadBalancerClass = spec.at('loadBalancerClass').string ?? '';
  if (loadBalancerClass === 'tailscale') return true;
  if (annotations.internal.some((key) => isSaid(annotation(key)))) return true;
  const schemes = annotations.scheme.map(annotation).filter((value) => typeof value === 'string');
  if (schemes.some((scheme) => privateWords.test(scheme))) return true;
  // The AWS Load Balancer Controller makes internal ones unless it is told otherwise.
  const type = annotation('service.beta.kubernetes.io/aws-load-balancer-type');
  const isAws = type === 'external' || type === 'nlb-ip' || loadBalancerClass.startsWith('service.k8s.aws/');
  if (isAws && schemes.length === 0) return true;
  const addresses = [...annotations.addresses.map(annotation), spec.at('loadBalancerIP').value]
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : []))
    .filter((address) => address.trim() !== '');
  return addresses.length > 0 && addresses.every(isPrivateAddress);
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 'false' && value !== '';
}

/** Whether load balancers take their addresses from pools in the repository, all of them for private use. */
function hasPrivatePools(index: ObjectIndex): boolean {
  const pools = index.ofKind('IPAddressPool.metallb.io', 'CiliumLoadBalancerIPPool.cilium.io');
  const addresses = pools.flatMap(({ root }) => [
    ...root.at('spec', 'addresses').items(),
    ...[...root.at('spec', 'blocks').items(), ...root.at('spec', 'cidrs').items()].map((block) =>
      block.at('cidr').exists ? block.at('cidr') : block.at('start'),
    ),
  ]);
  return addresses.length > 0 && addresses.every(({ string }) => isPrivateAddress(string ?? ''));
}
