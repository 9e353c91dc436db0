import table from './data/pod-security.json' with { type: 'json' };
import { type Field, isObject, valueIn } from './field.ts';
import type { Container, Pod } from './workload.ts';

// Source of every name, list and version here: kubernetes/pod-security-admission 8f84a87, which implements the
// Pod Security Standards up to v1.37.

/** From open to strict. */
export const podSecurityLevels = ['privileged', 'baseline', 'restricted'] as const;

/** Levels of the Pod Security Standards, from open to strict. */
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** Which Pod Security Standards apply to a workload. */
export interface PodSecurity {
  /** The policy version as Kubernetes minor: 36 for v1.36. */
  readonly minor: number;
  /** What the workload's Namespace object enforces; undefined when it is not in the repository or has no label. */
  readonly enforced: PodSecurityLevel | undefined;
}

/**
 * The policy that a namespace's labels ask for, read as the admission plugin does: an invalid level counts as
 * `restricted`, an invalid version as `latest`, and no version is newer than the cluster's.
 *
 * @param labels `metadata.labels` of the Namespace; undefined when there is no such object.
 */
export function podSecurityFor(labels: Field | undefined, kubernetesMinor: number): PodSecurity {
  const enforce = labels?.at('pod-security.kubernetes.io/enforce');
  const version = labels?.at('pod-security.kubernetes.io/enforce-version').string;
  const pinned = /^v1\.(0|[1-9][0-9]*)$/.exec(version ?? 'latest')?.[1];
  return {
    minor: pinned === undefined ? kubernetesMinor : Math.min(Number(pinned), kubernetesMinor),
    enforced: enforce?.exists
      ? (podSecurityLevels.find((level) => level === enforce.value) ?? 'restricted')
      : undefined,
  };
}

/** The securityContext of a pod or of one of its containers; it need not exist. */
export interface SecurityContext {
  readonly field: Field;
  /** Whose it is, for messages: `the pod` or `container app`. */
  readonly owner: string;
  /** The container's name; empty for the pod. */
  readonly name: string;
  /** The container whose it is, in the shape that a report takes. */
  readonly about: { readonly container?: Container };
}

/**
 * Who has to set a securityContext property that holds for all containers when the pod sets it: nobody when the pod
 * does, the pod when no container does, else the containers that do not.
 */
export function ownersWithout(
  property: string,
  isSet: (value: unknown) => boolean,
  pod: Pod,
  containers: readonly Container[],
): SecurityContext[] {
  if (containers.length === 0 || isSet(settingIn(pod.spec, [property]))) return [];
  const without = containers.filter(({ field }) => !isSet(settingIn(field, [property])));
  return without.length === containers.length
    ? [podSecurityContext(pod)]
    : without.map(containerSecurityContext);
}

/** A setting of the securityContext of a pod (its spec) or a container. */
export function settingIn({ value }: Field, path: readonly string[]): unknown {
  return isObject(value) ? valueIn(value.securityContext, path) : undefined;
}

function podSecurityContext(pod: Pod): SecurityContext {
  return { field: pod.spec.at('securityContext'), owner: 'the pod', name: '', about: {} };
}

function containerSecurityContext(container: Container): SecurityContext {
  const { field, name } = container;
  return { field: field.at('securityContext'), owner: `container ${name}`, name, about: { container } };
}

/** Capabilities that the level baseline lets a container add; the spelling counts. */
export const baselineCapabilities: ReadonlySet<string> = new Set(table.baselineCapabilities);

/** Capabilities that are first steps out of a container, as {@link capabilityName} writes them. */
export const dangerousCapabilities: ReadonlySet<string> = new Set(table.dangerousCapabilities);

/** A capability as the kernel knows it, without `CAP_`: container runtimes take any case, CRI-O the prefix as well. */
export function capabilityName(written: string): string {
  return written.toUpperCase().replace(/^CAP_/, '');
}

/** Whether the `type` of a seccompProfile or an appArmorProfile confines the container. */
export function isConfiningProfile(type: unknown): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

/** Sysctls that the level baseline allows, by the policy version that first did. */
const safeSysctls: ReadonlyMap<string, number> = new Map(Object.entries(table.safeSysctls));

/** Whether the level baseline allows a sysctl. */
export function isSafeSysctl(name: string, minor: number): boolean {
  return minor >= (safeSysctls.get(name) ?? Infinity);
}

/** SELinux types that the level baseline allows, by the policy version that first did. */
const seLinuxTypes: ReadonlyMap<string, number> = new Map(Object.entries(table.seLinuxTypes));

/** Whether the level baseline allows an SELinux type. */
export function isAllowedSELinuxType(type: string, minor: number): boolean {
  return minor >= (seLinuxTypes.get(type) ?? Infinity);
}

/** Volume sources that the level restricted allows. */
export const restrictedVolumeSources: readonly string[] = table.restrictedVolumeSources;

/** The other volume sources that pods have had, `hostPath` aside. */
export const otherVolumeSources: readonly string[] = table.otherVolumeSources;
