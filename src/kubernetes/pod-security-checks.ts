import { type Field, isObject, isSet, valueIn } from './field.ts';
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
  settingIn,
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
      hostNamespaces
        .filter((path) => isTrue(valueIn(pod.spec.value, path)))
        .map((path) => ofPod(pod.spec.at(...path))),
  },
  privileged: {
    level: 'baseline',
    find: (_, containers) => inContainers(containers, ['privileged'], isTrue),
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
      containers
        .filter(({ field: { value } }) => isObject(value) && hasHostPort(value.ports))
        .flatMap((container) =>
          container.field
            .at('ports')
            .items()
            .map((port) => ofContainer(container, port.at('hostPort')))
            .filter(({ place: { value } }) => isHostPort(value)),
        ),
  },
  hostProbesAndHostLifecycle: {
    level: 'baseline',
    since: 34,
    find: (_, containers) =>
      containers.flatMap((container) =>
        handlers
          .filter((path) => hasHost(valueIn(container.field.value, path)))
          .flatMap((path) => actions.map((action) => container.field.at(...path, action, 'host')))
          .filter(({ value }) => isText(value))
          .map((place) => ofContainer(container, place)),
      ),
  },
  appArmorProfile: {
    level: 'baseline',
    find: (pod, containers) => [
      ...unconfined(pod, containers, 'appArmorProfile'),
      ...appArmorKeys(pod)
        .map((key) => pod.metadata.at('annotations', key))
        .filter(({ string = '' }) => !/^($|runtime\/default$|localhost\/)/.test(string))
        .map((place) => {
          const name = String(place.key).slice(appArmor.length);
          return { place, owner: `container ${name}`, name, about: {} };
        }),
    ],
  },
  seLinuxOptions: {
    level: 'baseline',
    find: (pod, containers, minor) => {
      if (settings(pod, containers, ['seLinuxOptions'], isSet).length === 0) return [];
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
      itemsIn(pod.spec, ['securityContext', 'sysctls'])
        .map((sysctl) => ofPod(sysctl.at('name')))
        .filter(({ place: { string } }) => string !== undefined && !isSafeSysctl(string, minor)),
  },
  restrictedVolumes: {
    level: 'restricted',
    find: (pod) =>
      itemsIn(pod.spec, ['volumes'])
        .filter(({ value }) => !isRestrictedVolume(value))
        .flatMap((volume) => ['hostPath', ...otherVolumeSources].map((source) => ofPod(volume.at(source))))
        .filter(({ place }) => place.exists),
  },
  allowPrivilegeEscalation: {
    level: 'restricted',
    since: 8,
    windowsExemptSince: 25,
    find: (_, containers) =>
      inContainers(containers, ['allowPrivilegeEscalation'], (value) => value !== false),
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
        ['capabilities', 'drop'],
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

/** Most pods break a check of the level restricted if any, and those come last. */
const lastFirst = (Object.keys(checks) as CheckId[]).reverse();
const byId: ReadonlyMap<string, Check> = new Map(Object.entries(checks));

/** Where a pod breaks a check, if the version of the policy makes that check on it. */
export function violationsOf(id: CheckId, { pod, containers, podSecurity: { minor } }: Subject): Violation[] {
  return pod !== undefined && appliesTo(id, pod, minor) ? checks[id].find(pod, containers, minor) : [];
}

/** Whether the policy version `minor` makes this check on this pod. */
export function appliesTo(id: CheckId, pod: Pod, minor: number): boolean {
  const { since = 0, windowsExemptSince = Infinity, userNamespaceExemptSince = Infinity }: Check = checks[id];
  if (minor < since) return false;
  if (minor >= windowsExemptSince && valueIn(pod.spec.value, ['os', 'name']) === 'windows') return false;
  return minor < userNamespaceExemptSince || valueIn(pod.spec.value, ['hostUsers']) !== false;
}

/** Whether the admission plugin lets a pod into a namespace that enforces this level. */
export function meets(level: PodSecurityLevel, subject: Subject): boolean {
  if (level === 'privileged') return true;
  return lastFirst.every(
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

const hostNamespaces = [['hostNetwork'], ['hostPID'], ['hostIPC']];

const handlers = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

const actions = ['httpGet', 'tcpSocket'];

function hasHost(handler: unknown): boolean {
  if (!isObject(handler)) return false;
  return [handler.httpGet, handler.tcpSocket].some((action) => isObject(action) && isText(action.host));
}

const appArmor = 'container.apparmor.security.beta.kubernetes.io/';

/** The annotations of a pod that give its containers AppArmor profiles. */
function appArmorKeys({ metadata }: Pod): string[] {
  const annotations = valueIn(metadata.value, ['annotations']);
  return isObject(annotations) ? Object.keys(annotations).filter((key) => key.startsWith(appArmor)) : [];
}

function isRestrictedVolume(volume: unknown): boolean {
  return isObject(volume) && restrictedVolumeSources.some((source) => isSet(volume[source]));
}

/** The items of a list below a place. */
function itemsIn(place: Field, path: readonly string[]): Field[] {
  return Array.isArray(valueIn(place.value, path)) ? place.at(...path).items() : [];
}

function ofPod(place: Field): Violation {
  return { place, owner: 'the pod', name: '', about: {} };
}

function ofContainer(container: Container, place: Field): Violation {
  const { name } = container;
  return { place, owner: `container ${name}`, name, about: { container } };
}

/** A place in the securityContext of each container, where its value is bad. */
function inContainers(
  containers: readonly Container[],
  path: readonly string[],
  isBad: (value: unknown) => boolean,
): Violation[] {
  const found: Violation[] = [];
  for (const container of containers)
    if (isBad(settingIn(container.field, path)))
      found.push(ofContainer(container, container.field.at('securityContext', ...path)));
  return found;
}

/** A place in the securityContext of the pod and of each container, where its value is bad. */
function settings(
  pod: Pod,
  containers: readonly Container[],
  path: readonly string[],
  isBad: (value: unknown) => boolean,
): Violation[] {
  const inAny = inContainers(containers, path, isBad);
  return isBad(settingIn(pod.spec, path))
    ? [ofPod(pod.spec.at('securityContext', ...path)), ...inAny]
    : inAny;
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

function hasHostPort(ports: unknown): boolean {
  return Array.isArray(ports) && ports.some((port) => isObject(port) && isHostPort(port.hostPort));
}

function unset(
  property: string,
  isGiven: (value: unknown) => boolean,
  pod: Pod,
  containers: readonly Container[],
): Violation[] {
  return ownersWithout(property, isGiven, pod, containers).map(({ field, owner, name, about }) => ({
    place: field.at(property),
    owner,
    name,
    about,
  }));
}

function added(containers: readonly Container[], isAllowed: (capability: string) => boolean): Violation[] {
  return inContainers(containers, ['capabilities', 'add'], isSet).flatMap(({ place: list, ...of }) =>
    list
      .items()
      .filter(({ string }) => string !== undefined && !isAllowed(string))
      .map((place) => ({ ...of, place })),
  );
}

function unmasked(containers: readonly Container[]): Violation[] {
  return inContainers(containers, ['procMount'], (value) => isSet(value) && value !== 'Default');
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
