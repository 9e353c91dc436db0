import { type Field, isSet } from './field.ts';
import { hostPathVolumes } from './host-path.ts';
import {
  baselineCapabilities,
  isAllowedSELinuxType,
  isConfiningProfile,
  isSafeSysctl,
  otherVolumeSources,
  ownersWithout,
  type PodSecurityLevel,
  restrictedVolumeSources,
  type SecurityContext,
} from './pod-security.ts';
import type { Container, Pod } from './workload.ts';

// Source: kubernetes/pod-security-admission 8f84a87, policy/.

/** What the checks look at. */
export interface Subject {
  /** Undefined for what runs no pod, which breaks no check. */
  readonly pod: Pod | undefined;
  readonly containers: readonly Container[];
  /** `minor` is the version of the policy. */
  readonly podSecurity: { readonly minor: number };
}

/** A place at which a pod breaks a check. It need not exist: then what should stand there is missing. */
export interface Violation extends Omit<SecurityContext, 'field'> {
  readonly place: Field;
}

interface Check {
  readonly level: 'baseline' | 'restricted';
  /** The first policy version that makes the check; all do where it is not given. */
  readonly since?: number;
  /** The policy version from which Windows pods are exempt. */
  readonly windowsExemptSince?: number;
  /** The policy version from which pods in a user namespace are exempt. */
  readonly userNamespaceExemptSince?: number;
  /** The check that stands for this one when the level is restricted, in the versions that make that. */
  readonly replacedBy?: string;
  find(pod: Pod, containers: readonly Container[], minor: number): Violation[];
}

/** All checks, by the id that the admission plugin gives them. */
const checks = {
  windowsHostProcess: {
    level: 'baseline',
    find: (pod, containers) => settings(pod, containers, ['windowsOptions', 'hostProcess'], isTrue),
  },
  hostNamespaces: {
    level: 'baseline',
    find: (pod) =>
      ['hostNetwork', 'hostPID', 'hostIPC']
        .filter((name) => isTrue(pod.spec.valueAt(name)))
        .map((name) => ofPod(pod.spec.at(name))),
  },
  privileged: {
    level: 'baseline',
    find: (_, containers) => inContainers(containers, ['securityContext', 'privileged'], isTrue),
  },
  capabilities_baseline: {
    level: 'baseline',
    replacedBy: 'capabilities_restricted',
    find: (_, containers) => added(containers, (capability) => baselineCapabilities.has(capability)),
  },
  hostPathVolumes: {
    level: 'baseline',
    replacedBy: 'restrictedVolumes',
    find: (pod) => hostPathVolumes(pod).map(({ field }) => ofPod(field)),
  },
  hostPorts: {
    level: 'baseline',
    find: (_, containers) =>
      containers.flatMap((container) =>
        container.field
          .at('ports')
          .items()
          .filter((port) => isHostPort(port.valueAt('hostPort')))
          .map((port) => ofContainer(container, port.at('hostPort'))),
      ),
  },
  hostProbesAndHostLifecycle: {
    level: 'baseline',
    since: 34,
    find: (_, containers) =>
      containers.flatMap((container) =>
        handlers
          .filter((path) => isSet(container.field.valueAt(...path)))
          .flatMap((path) => ['httpGet', 'tcpSocket'].map((action) => [...path, action, 'host']))
          .filter((path) => isText(container.field.valueAt(...path)))
          .map((path) => ofContainer(container, container.field.at(...path))),
      ),
  },
  appArmorProfile: {
    level: 'baseline',
    find: (pod, containers) => [
      ...unconfined(pod, containers, 'appArmorProfile'),
      ...pod.metadata
        .at('annotations')
        .properties()
        .filter(
          ({ key, string = '' }) =>
            isAppArmor.test(String(key)) && !/^($|runtime\/default$|localhost\/)/.test(string),
        )
        .map((place) => {
          const name = String(place.key).replace(isAppArmor, '');
          return { place, owner: `container ${name}`, name, about: {} };
        }),
    ],
  },
  seLinuxOptions: {
    level: 'baseline',
    find: (pod, containers, minor) => {
      const isBadType = (type: unknown) => isText(type) && !isAllowedSELinuxType(type, minor);
      return [
        ...settings(pod, containers, ['seLinuxOptions', 'type'], isBadType),
        ...settings(pod, containers, ['seLinuxOptions', 'user'], isText),
        ...settings(pod, containers, ['seLinuxOptions', 'role'], isText),
      ];
    },
  },
  procMount: {
    level: 'baseline',
    replacedBy: 'procMount_restricted',
    userNamespaceExemptSince: 35,
    find: (_, containers) => unmasked(containers),
  },
  seccompProfile_baseline: {
    level: 'baseline',
    replacedBy: 'seccompProfile_restricted',
    // Before 1.19 profiles were annotations, and the policies of that time know nothing else.
    find: (pod, containers, minor) =>
      minor < 19 ? unconfinedAnnotations(pod, containers) : unconfined(pod, containers, 'seccompProfile'),
  },
  sysctls: {
    level: 'baseline',
    find: (pod, _, minor) =>
      pod.spec
        .at('securityContext', 'sysctls')
        .items()
        .map((sysctl) => ofPod(sysctl.at('name')))
        .filter(({ place: { string } }) => string !== undefined && !isSafeSysctl(string, minor)),
  },
  restrictedVolumes: {
    level: 'restricted',
    find: (pod) =>
      pod.spec
        .at('volumes')
        .items()
        .filter((volume) => !restrictedVolumeSources.some((source) => isSet(volume.valueAt(source))))
        .flatMap((volume) => ['hostPath', ...otherVolumeSources].map((source) => ofPod(volume.at(source))))
        .filter(({ place }) => place.exists),
  },
  allowPrivilegeEscalation: {
    level: 'restricted',
    since: 8,
    windowsExemptSince: 25,
    find: (_, containers) =>
      inContainers(containers, ['securityContext', 'allowPrivilegeEscalation'], (value) => value !== false),
  },
  runAsNonRoot: {
    level: 'restricted',
    userNamespaceExemptSince: 35,
    find: (pod, containers) => [
      ...settings(pod, containers, ['runAsNonRoot'], (value) => value === false),
      ...unset('runAsNonRoot', (value) => typeof value === 'boolean', pod, containers),
    ],
  },
  runAsUser: {
    level: 'restricted',
    since: 23,
    userNamespaceExemptSince: 35,
    find: (pod, containers) => settings(pod, containers, ['runAsUser'], (value) => value === 0),
  },
  seccompProfile_restricted: {
    level: 'restricted',
    since: 19,
    windowsExemptSince: 25,
    find: (pod, containers) => [
      ...unconfined(pod, containers, 'seccompProfile'),
      ...unset('seccompProfile', isSet, pod, containers),
    ],
  },
  capabilities_restricted: {
    level: 'restricted',
    since: 22,
    windowsExemptSince: 25,
    find: (_, containers) => [
      ...added(containers, (capability) => capability === 'NET_BIND_SERVICE'),
      ...inContainers(
        containers,
        ['securityContext', 'capabilities', 'drop'],
        (value) => !(Array.isArray(value) && value.includes('ALL')),
      ),
    ],
  },
  procMount_restricted: {
    level: 'restricted',
    since: 35,
    find: (_, containers) => unmasked(containers),
  },
} satisfies Record<string, Check>;

export type CheckId = keyof typeof checks;

const ids = Object.keys(checks) as CheckId[];
const byId: ReadonlyMap<string, Check> = new Map(Object.entries(checks));

/** Where a pod breaks a check, if the version of the policy makes that check on it. */
export function violationsOf(id: CheckId, { pod, containers, podSecurity: { minor } }: Subject): Violation[] {
  return pod !== undefined && appliesTo(id, pod, minor) ? checks[id].find(pod, containers, minor) : [];
}

/** Whether the policy version `minor` makes this check on this pod. */
export function appliesTo(id: CheckId, pod: Pod, minor: number): boolean {
  const { since = 0, windowsExemptSince = Infinity, userNamespaceExemptSince = Infinity }: Check = checks[id];
  if (minor < since) return false;
  if (minor >= windowsExemptSince && pod.spec.valueAt('os', 'name') === 'windows') return false;
  return minor < userNamespaceExemptSince || pod.spec.valueAt('hostUsers') !== false;
}

/** Whether the admission plugin lets a pod into a namespace that enforces this level. */
export function meets(level: PodSecurityLevel, subject: Subject): boolean {
  if (level === 'privileged') return true;
  return ids.every(
    (id) =>
      !belongsTo(level, checks[id], subject.podSecurity.minor) || violationsOf(id, subject).length === 0,
  );
}

/** Whether a level has a check in this version; which pods are exempt is for {@link appliesTo}. */
function belongsTo(level: 'baseline' | 'restricted', check: Check, minor: number): boolean {
  if (level === 'baseline' || check.level === 'restricted') return check.level === level;
  const { replacedBy } = check;
  return replacedBy === undefined || minor < (byId.get(replacedBy)?.since ?? 0);
}

const handlers = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

const isAppArmor = /^container\.apparmor\.security\.beta\.kubernetes\.io\//;

function ofPod(place: Field): Violation {
  return { place, owner: 'the pod', name: '', about: {} };
}

function ofContainer(container: Container, place: Field): Violation {
  const { name } = container;
  return { place, owner: `container ${name}`, name, about: { container } };
}

/** A place in each container, where its value is bad. */
function inContainers(
  containers: readonly Container[],
  path: readonly string[],
  isBad: (value: unknown) => boolean,
): Violation[] {
  return containers
    .filter(({ field }) => isBad(field.valueAt(...path)))
    .map((container) => ofContainer(container, container.field.at(...path)));
}

/** A place in the securityContext of the pod and of each container, where its value is bad. */
function settings(
  pod: Pod,
  containers: readonly Container[],
  path: readonly string[],
  isBad: (value: unknown) => boolean,
): Violation[] {
  const whole = ['securityContext', ...path];
  const inAny = inContainers(containers, whole, isBad);
  return isBad(pod.spec.valueAt(...whole)) ? [ofPod(pod.spec.at(...whole)), ...inAny] : inAny;
}

function isTrue(value: unknown): boolean {
  return value === true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isHostPort(value: unknown): boolean {
  return typeof value === 'number' && value !== 0;
}

function unset(
  property: string,
  isGiven: (value: unknown) => boolean,
  pod: Pod,
  containers: readonly Container[],
): Violation[] {
  return ownersWithout(property, isGiven, pod, containers).map(({ field, ...of }) => ({
    ...of,
    place: field.at(property),
  }));
}

function added(containers: readonly Container[], isAllowed: (capability: string) => boolean): Violation[] {
  return inContainers(containers, ['securityContext', 'capabilities', 'add'], isSet).flatMap(
    ({ place: list, ...of }) =>
      list
        .items()
        .filter(({ string }) => string !== undefined && !isAllowed(string))
        .map((place) => ({ ...of, place })),
  );
}

function unmasked(containers: readonly Container[]): Violation[] {
  return inContainers(
    containers,
    ['securityContext', 'procMount'],
    (value) => isSet(value) && value !== 'Default',
  );
}

/** Profiles that are set and do not confine. */
function unconfined(
  pod: Pod,
  containers: readonly Container[],
  profile: 'appArmorProfile' | 'seccompProfile',
): Violation[] {
  return settings(pod, containers, [profile], isSet)
    .filter(({ place }) => !isConfiningProfile(place.valueAt('type')))
    .map(({ place, ...of }) => ({ ...of, place: place.at('type') }));
}

function unconfinedAnnotations(pod: Pod, containers: readonly Container[]): Violation[] {
  const keys = [
    'seccomp.security.alpha.kubernetes.io/pod',
    ...containers.map(({ name }) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ];
  return keys
    .map((key) => ofPod(pod.metadata.at('annotations', key)))
    .filter(
      ({ place: { string } }) =>
        string !== undefined && !/^((runtime|docker)\/default$|localhost\/)/.test(string),
    );
}
