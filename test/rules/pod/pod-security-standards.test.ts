import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../../src/kubernetes/inventory.ts';
import { readObject } from '../../../src/kubernetes/object.ts';
import { meets } from '../../../src/kubernetes/pod-security-checks.ts';
import { containersOf, podOf } from '../../../src/kubernetes/workload.ts';
import type { Manifest } from '../../../src/render/manifest.ts';
import { rules as allRules } from '../../../src/rules/index.ts';
import { type Rule, workloads } from '../../../src/rules/rule.ts';
import { runRules } from '../../../src/rules/run.ts';

// Rules that look at more kinds are about more than the pod.
const rules = allRules.filter(({ id, kinds }) => id.startsWith('pod/') && kinds === workloads);
const newest = 37;

function manifestOf(value: unknown): Manifest {
  const object = readObject(value);
  if (object === undefined) throw new Error('a test object has no kind');
  return {
    ...object,
    target: { kind: 'manifests', name: '.', complete: true, files: [] },
    file: 'a.yaml',
    originsOf: () => [],
  };
}

interface Namespaced {
  readonly namespaceLabels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

function podManifest(spec: unknown, { annotations }: Namespaced = {}): Manifest {
  return manifestOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec,
  });
}

function run(pods: readonly Manifest[], kubernetesMinor: number, { namespaceLabels }: Namespaced = {}) {
  const namespace = manifestOf({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: namespaceLabels },
  });
  const repository = new ObjectIndex([namespace]);
  const schemas = { problems: () => undefined, knows: () => false };
  return runRules({
    rules,
    manifests: pods,
    options: new Map(),
    inventoryOf: () => ({
      target: repository,
      environment: repository,
      repository,
      complete: true,
      environmentName: undefined,
    }),
    schemas,
    paths: { has: () => false, hasDirectory: () => false },
    kubernetesMinor,
  });
}

/** The checks of the Pod Security Standards that the findings on each pod name, sorted. */
function violationsOfAll(pods: readonly Manifest[], minor: number, about?: Namespaced): string[][] {
  const found = new Map(pods.map((pod) => [pod, new Set<string>()]));
  for (const { rule, messageId, manifest } of run(pods, minor, about).reports)
    for (const control of controlsOf(rule, messageId))
      if (control.startsWith('pss/')) found.get(manifest)?.add(control.slice(4));
  return [...found.values()].map((ids) => [...ids].sort());
}

function controlsOf(rule: Rule, messageId: string): readonly string[] {
  const message = rule.messages[messageId];
  return [...rule.controls, ...(typeof message === 'object' ? (message.controls ?? []) : [])];
}

/** The same for one pod. */
function violations(spec: unknown, minor: number, about?: Namespaced): string[] {
  return violationsOfAll([podManifest(spec, about)], minor, about)[0] ?? [];
}

/** A pod that the level restricted admits, with changes to it and to its container. */
function podWith(spec: object = {}, securityContext: object = {}, container: object = {}) {
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: 'registry.example.com/app:1.0.0',
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          ...securityContext,
        },
        ...container,
      },
    ],
    ...spec,
  };
}

const windows = { os: { name: 'windows' } };
const userNamespace = { hostUsers: false };
const probe = { livenessProbe: { httpGet: { host: '127.0.0.1', port: 80 } } };
const sysctl = (name: string) => ({
  securityContext: { ...podWith().securityContext, sysctls: [{ name, value: '1' }] },
});

describe('the checks that a pod violates, by version', () => {
  test('a restricted pod violates none in any version', () => {
    for (let minor = 0; minor <= newest; minor++) expect(violations(podWith(), minor)).toEqual([]);
  });

  test.each<[string, number, unknown, string[]]>([
    ['allowPrivilegeEscalation is new', 7, podWith({}, { allowPrivilegeEscalation: true }), []],
    [
      'allowPrivilegeEscalation',
      8,
      podWith({}, { allowPrivilegeEscalation: true }),
      ['restricted:allowPrivilegeEscalation'],
    ],
    [
      'a bare Windows pod before its exemption',
      24,
      { ...windows, containers: [{ name: 'app' }] },
      [
        'restricted:allowPrivilegeEscalation',
        'restricted:capabilities_restricted',
        'restricted:runAsNonRoot',
        'restricted:seccompProfile_restricted',
      ],
    ],
    [
      'a bare Windows pod after it',
      25,
      { ...windows, containers: [{ name: 'app' }] },
      ['restricted:runAsNonRoot'],
    ],
    ['adding CHOWN before 1.22', 21, podWith({}, { capabilities: { add: ['CHOWN'] } }), []],
    [
      'adding CHOWN',
      22,
      podWith({}, { capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      ['restricted:capabilities_restricted'],
    ],
    [
      'adding NET_BIND_SERVICE',
      37,
      podWith({}, { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
      [],
    ],
    [
      'adding NET_RAW before 1.22',
      21,
      podWith({}, { capabilities: { add: ['NET_RAW'] } }),
      ['baseline:capabilities_baseline'],
    ],
    [
      'adding NET_RAW',
      22,
      podWith({}, { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
      ['baseline:capabilities_baseline', 'restricted:capabilities_restricted'],
    ],
    [
      'adding NET_RAW on Windows',
      25,
      podWith(windows, { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
      ['baseline:capabilities_baseline'],
    ],
    ['user 0 before 1.23', 22, podWith({}, { runAsUser: 0 }), []],
    ['user 0', 23, podWith({}, { runAsUser: 0 }), ['restricted:runAsUser']],
    [
      'user 0 in a user namespace before 1.35',
      34,
      podWith(userNamespace, { runAsUser: 0 }),
      ['restricted:runAsUser'],
    ],
    ['user 0 in a user namespace', 35, podWith(userNamespace, { runAsUser: 0 }), []],
    [
      'runAsNonRoot false in a user namespace before 1.35',
      34,
      podWith(userNamespace, { runAsNonRoot: false }),
      ['restricted:runAsNonRoot'],
    ],
    ['runAsNonRoot false in a user namespace', 35, podWith(userNamespace, { runAsNonRoot: false }), []],
    ['procMount before 1.35', 34, podWith({}, { procMount: 'Unmasked' }), ['baseline:procMount']],
    [
      'procMount',
      35,
      podWith({}, { procMount: 'Unmasked' }),
      ['baseline:procMount', 'restricted:procMount_restricted'],
    ],
    [
      'procMount in a user namespace before 1.35',
      34,
      podWith(userNamespace, { procMount: 'Unmasked' }),
      ['baseline:procMount'],
    ],
    [
      'procMount in a user namespace',
      35,
      podWith(userNamespace, { procMount: 'Unmasked' }),
      ['restricted:procMount_restricted'],
    ],
    ['a seccomp field before 1.19', 18, podWith({}, { seccompProfile: { type: 'Unconfined' } }), []],
    [
      'a seccomp field',
      19,
      podWith({}, { seccompProfile: { type: 'Unconfined' } }),
      ['baseline:seccompProfile_baseline', 'restricted:seccompProfile_restricted'],
    ],
    [
      'a seccomp field on Windows',
      25,
      podWith(windows, { seccompProfile: { type: 'Unconfined' } }),
      ['baseline:seccompProfile_baseline'],
    ],
    ['a probe host before 1.34', 33, podWith({}, {}, probe), []],
    ['a probe host', 34, podWith({}, {}, probe), ['baseline:hostProbesAndHostLifecycle']],
    ['a sysctl before it is safe', 31, podWith(sysctl('net.ipv4.tcp_rmem')), ['baseline:sysctls']],
    ['a sysctl once it is safe', 32, podWith(sysctl('net.ipv4.tcp_rmem')), []],
    [
      'an SELinux type before it is allowed',
      30,
      podWith({}, { seLinuxOptions: { type: 'container_engine_t' } }),
      ['baseline:seLinuxOptions'],
    ],
    ['an SELinux type once it is', 31, podWith({}, { seLinuxOptions: { type: 'container_engine_t' } }), []],
    [
      'a hostPath volume',
      37,
      podWith({ volumes: [{ name: 'etc', hostPath: { path: '/etc' } }] }),
      ['baseline:hostPathVolumes', 'restricted:restrictedVolumes'],
    ],
    [
      'an nfs volume',
      37,
      podWith({ volumes: [{ name: 'data', nfs: { server: 's', path: '/' } }] }),
      ['restricted:restrictedVolumes'],
    ],
  ])('%s (1.%d)', (_, minor, spec, expected) => {
    expect(violations(spec, minor)).toEqual(expected);
  });

  test("the version is the one of the namespace's label", () => {
    const namespaceLabels = {
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/enforce-version': 'v1.33',
    };
    expect(violations(podWith({}, {}, probe), newest, { namespaceLabels })).toEqual([]);
  });
});

/** A control of the Pod Security Standards: fields, and the values that it admits and refuses. */
interface Control {
  /** Ids of the checks that a refused value breaks, from which version on, and from which they exempt what. */
  readonly checks: readonly { id: string; since?: number; windows?: number; userNamespace?: number }[];
  /** Paths from the pod's spec, if the control is on the pod. */
  readonly pod?: readonly string[];
  /** Paths from a container, if it is on containers. */
  readonly container?: readonly string[];
  readonly refused: readonly unknown[];
  readonly admitted: readonly unknown[];
  /** Values that are refused before the version that they come with. */
  readonly admittedSince?: readonly (readonly [unknown, number])[];
}

const restrictedCapabilities = { id: 'restricted:capabilities_restricted', windows: 25 };
const baselineSeccomp = { id: 'baseline:seccompProfile_baseline' };
const restrictedSeccomp = { id: 'restricted:seccompProfile_restricted', windows: 25 };
const nonRoot = { id: 'restricted:runAsNonRoot', userNamespace: 35 };
const handlers = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.postStart',
  'lifecycle.preStop',
];

/** Written from the page "Pod Security Standards" of kubernetes.io and the changes of its versions, not from the code. */
const standards: Readonly<Record<string, Control>> = {
  HostProcess: {
    checks: [{ id: 'baseline:windowsHostProcess' }],
    pod: ['securityContext.windowsOptions.hostProcess'],
    container: ['securityContext.windowsOptions.hostProcess'],
    refused: [true],
    admitted: [undefined, false],
  },
  'Host Namespaces': {
    checks: [{ id: 'baseline:hostNamespaces' }],
    pod: ['hostNetwork', 'hostPID', 'hostIPC'],
    refused: [true],
    admitted: [undefined, false],
  },
  'Privileged Containers': {
    checks: [{ id: 'baseline:privileged' }],
    container: ['securityContext.privileged'],
    refused: [true],
    admitted: [undefined, false],
  },
  'Capabilities outside the list': {
    checks: [{ id: 'baseline:capabilities_baseline' }, restrictedCapabilities],
    container: ['securityContext.capabilities.add'],
    refused: [
      ['NET_RAW'],
      ['SYS_ADMIN'],
      ['chown'],
      ['CAP_CHOWN'],
      ['ALL'],
      ['NET_BIND_SERVICE', 'NET_ADMIN'],
    ],
    admitted: [undefined, [], ['NET_BIND_SERVICE']],
  },
  'Capabilities of the list': {
    checks: [restrictedCapabilities],
    container: ['securityContext.capabilities.add'],
    refused: [
      'AUDIT_WRITE',
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'FSETID',
      'KILL',
      'MKNOD',
      'SETFCAP',
      'SETGID',
      'SETPCAP',
      'SETUID',
      'SYS_CHROOT',
    ].map((capability) => ['NET_BIND_SERVICE', capability]),
    admitted: [['NET_BIND_SERVICE']],
  },
  'Capabilities that stay': {
    checks: [restrictedCapabilities],
    container: ['securityContext.capabilities.drop'],
    refused: [undefined, [], ['NET_RAW'], ['all'], ['CAP_ALL']],
    admitted: [['ALL'], ['NET_RAW', 'ALL']],
  },
  'HostPath Volumes': {
    checks: [{ id: 'baseline:hostPathVolumes' }, { id: 'restricted:restrictedVolumes' }],
    pod: ['volumes'],
    refused: [[{ name: 'v', hostPath: { path: '/data' } }]],
    admitted: [undefined, []],
  },
  'Volume Types': {
    checks: [{ id: 'restricted:restrictedVolumes' }],
    pod: ['volumes'],
    refused: [
      'awsElasticBlockStore',
      'azureDisk',
      'azureFile',
      'cephfs',
      'cinder',
      'fc',
      'flexVolume',
      'flocker',
      'gcePersistentDisk',
      'gitRepo',
      'glusterfs',
      'iscsi',
      'nfs',
      'photonPersistentDisk',
      'portworxVolume',
      'quobyte',
      'rbd',
      'scaleIO',
      'storageos',
      'vsphereVolume',
    ].map((source) => [
      { name: 'ok', emptyDir: {} },
      { name: 'v', [source]: {} },
    ]),
    admitted: [
      'configMap',
      'csi',
      'downwardAPI',
      'emptyDir',
      'ephemeral',
      'image',
      'persistentVolumeClaim',
      'projected',
      'secret',
    ].map((source) => [{ name: 'v', [source]: {} }]),
  },
  'Host Ports': {
    checks: [{ id: 'baseline:hostPorts' }],
    container: ['ports'],
    refused: [
      [{ containerPort: 80, hostPort: 80 }],
      [{ containerPort: 1 }, { containerPort: 2, hostPort: 2 }],
    ],
    admitted: [undefined, [{ containerPort: 80 }], [{ containerPort: 80, hostPort: 0 }]],
  },
  'Host Probes and Lifecycle Hooks': {
    checks: [{ id: 'baseline:hostProbesAndHostLifecycle', since: 34 }],
    container: handlers.flatMap((path) => [`${path}.httpGet.host`, `${path}.tcpSocket.host`]),
    refused: ['127.0.0.1', 'example.com'],
    admitted: [undefined, ''],
  },
  AppArmor: {
    checks: [{ id: 'baseline:appArmorProfile' }],
    pod: ['securityContext.appArmorProfile.type'],
    container: ['securityContext.appArmorProfile.type'],
    refused: ['Unconfined', 'runtime/default'],
    admitted: ['RuntimeDefault', 'Localhost'],
  },
  'SELinux type': {
    checks: [{ id: 'baseline:seLinuxOptions' }],
    pod: ['securityContext.seLinuxOptions.type'],
    container: ['securityContext.seLinuxOptions.type'],
    refused: ['spc_t', 'container_t:s0'],
    admitted: [undefined, '', 'container_t', 'container_init_t', 'container_kvm_t'],
    admittedSince: [['container_engine_t', 31]],
  },
  'SELinux user and role': {
    checks: [{ id: 'baseline:seLinuxOptions' }],
    pod: ['securityContext.seLinuxOptions.user', 'securityContext.seLinuxOptions.role'],
    container: ['securityContext.seLinuxOptions.user', 'securityContext.seLinuxOptions.role'],
    refused: ['system_u', 'container_t'],
    admitted: [undefined, ''],
  },
  '/proc Mount Type': {
    checks: [
      { id: 'baseline:procMount', userNamespace: 35 },
      { id: 'restricted:procMount_restricted', since: 35 },
    ],
    container: ['securityContext.procMount'],
    refused: ['Unmasked'],
    admitted: [undefined, 'Default'],
  },
  Seccomp: {
    checks: [baselineSeccomp, restrictedSeccomp],
    pod: ['securityContext.seccompProfile.type'],
    container: ['securityContext.seccompProfile.type'],
    refused: ['Unconfined', 'runtime/default'],
    admitted: ['RuntimeDefault', 'Localhost'],
  },
  'Seccomp of a container that inherits': {
    checks: [],
    container: ['securityContext.seccompProfile'],
    refused: [],
    admitted: [undefined],
  },
  'Seccomp of the pod alone': {
    checks: [restrictedSeccomp],
    pod: ['securityContext.seccompProfile'],
    refused: [undefined],
    admitted: [{ type: 'Localhost', localhostProfile: 'app.json' }],
  },
  Sysctls: {
    checks: [{ id: 'baseline:sysctls' }],
    pod: ['securityContext.sysctls'],
    refused: [sysctls('kernel.msgmax'), sysctls('net.core.somaxconn'), sysctls('kernel/shm_rmid_forced')],
    admitted: [
      undefined,
      sysctls('kernel.shm_rmid_forced'),
      sysctls('net.ipv4.ip_local_port_range'),
      sysctls('net.ipv4.ip_unprivileged_port_start'),
      sysctls('net.ipv4.tcp_syncookies'),
      sysctls('net.ipv4.ping_group_range'),
    ],
    admittedSince: [
      [sysctls('net.ipv4.ip_local_reserved_ports'), 27],
      [sysctls('net.ipv4.tcp_keepalive_time'), 29],
      [sysctls('net.ipv4.tcp_fin_timeout'), 29],
      [sysctls('net.ipv4.tcp_keepalive_intvl'), 29],
      [sysctls('net.ipv4.tcp_keepalive_probes'), 29],
      [sysctls('net.ipv4.tcp_rmem'), 32],
      [sysctls('net.ipv4.tcp_wmem'), 32],
      [sysctls('net.ipv4.tcp_slow_start_after_idle'), 37],
      [sysctls('net.ipv4.tcp_notsent_lowat'), 37],
    ],
  },
  'Privilege Escalation': {
    checks: [{ id: 'restricted:allowPrivilegeEscalation', windows: 25 }],
    container: ['securityContext.allowPrivilegeEscalation'],
    refused: [undefined, true],
    admitted: [false],
  },
  'Running as Non-root': {
    checks: [nonRoot],
    pod: ['securityContext.runAsNonRoot'],
    container: ['securityContext.runAsNonRoot'],
    refused: [false],
    admitted: [true],
  },
  'Running as Non-root of a container that inherits': {
    checks: [],
    container: ['securityContext.runAsNonRoot'],
    refused: [],
    admitted: [undefined],
  },
  'Running as Non-root of the pod alone': {
    checks: [nonRoot],
    pod: ['securityContext.runAsNonRoot'],
    refused: [undefined],
    admitted: [],
  },
  'Running as Non-root user': {
    checks: [{ id: 'restricted:runAsUser', userNamespace: 35 }],
    pod: ['securityContext.runAsUser'],
    container: ['securityContext.runAsUser'],
    refused: [0],
    admitted: [undefined, 1, 65534],
  },
};

function sysctls(name: string) {
  return [{ name, value: '1' }];
}

/** The checks of the level baseline that the level restricted has its own for, from which version on. */
const replaced: ReadonlyMap<string, number> = new Map([
  ['baseline:capabilities_baseline', 22],
  ['baseline:hostPathVolumes', 0],
  ['baseline:procMount', 35],
  ['baseline:seccompProfile_baseline', 19],
]);

const versions = Array.from({ length: newest - 24 }, (_, index) => 25 + index);
const lists = ['containers', 'initContainers', 'ephemeralContainers'];
const exemptKinds = [windows, userNamespace];

/** A pod with containers of each kind, admitted at the level restricted. */
function completePod(): Record<string, unknown> {
  const { containers, ...pod } = podWith();
  const each = lists.map((list) => [list, containers.map((container) => ({ ...container, name: list }))]);
  return structuredClone({ ...pod, ...Object.fromEntries(each) });
}

function setAt(object: unknown, path: readonly (string | number)[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (Array.isArray(object) && typeof key === 'number') setAt(object[key], rest, value);
  else if (!isObject(object)) throw new Error(`nothing at ${key}`);
  else if (rest.length === 0 && value === undefined) delete object[key];
  else if (rest.length === 0) object[key] = value;
  else {
    object[key] ??= {};
    setAt(object[key], rest, value);
  }
}

function whatBreaks(control: Control, minor: number, pod: object): string[] {
  const isExempt = (since = Infinity, kind: object) => minor >= since && pod === kind;
  return control.checks
    .filter(({ since = 0 }) => minor >= since)
    .filter((check) => !isExempt(check.windows, windows) && !isExempt(check.userNamespace, userNamespace))
    .map(({ id }) => id)
    .sort();
}

/** Each value of a control at each of its fields and in each kind of pod, with the checks that it breaks. */
function casesOf(control: Control, minor: number) {
  const places = [
    ...(control.pod ?? []).map((path) => path.split('.')),
    ...lists.flatMap((list) => (control.container ?? []).map((path) => [list, 0, ...path.split('.')])),
  ];
  const values = [
    ...control.refused.map((value) => [value, true] as const),
    ...control.admitted.map((value) => [value, false] as const),
    ...(control.admittedSince ?? []).map(([value, since]) => [value, minor < since] as const),
  ];
  const [refused] = control.refused;
  // Whether a pod is exempt does not depend on the value.
  const settings = [
    ...values.map(([value, isRefused]) => ({ value, isRefused, kind: {} })),
    ...(control.refused.length > 0 ? exemptKinds : []).map((kind) => ({
      value: refused,
      isRefused: true,
      kind,
    })),
  ];
  return places.flatMap((place) =>
    settings.map(({ value, isRefused, kind }) => {
      const spec = { ...completePod(), ...kind };
      setAt(spec, place, value);
      const name = `1.${minor} ${JSON.stringify(kind)} ${place.join('.')} = ${JSON.stringify(value)}`;
      return { name, pod: podManifest(spec), breaks: isRefused ? whatBreaks(control, minor, kind) : [] };
    }),
  );
}

/** Whether the level admits a pod that breaks these checks. */
function isAdmitted(level: 'baseline' | 'restricted', breaks: readonly string[], minor: number): boolean {
  return !breaks.some((id) =>
    level === 'baseline' ? id.startsWith('baseline:') : minor < (replaced.get(id) ?? Infinity),
  );
}

describe('every control in every field, kind of container and version', () => {
  test.each(Object.entries(standards))('%s', (_, control) => {
    for (const minor of versions) {
      const cases = casesOf(control, minor);
      const found = violationsOfAll(
        cases.map(({ pod }) => pod),
        minor,
      );
      const levels = ['baseline', 'restricted'] as const;
      const actual = cases.map(({ name, pod: manifest }, index) => {
        const pod = podOf(manifest);
        const containers = pod === undefined ? [] : containersOf(pod);
        const admitted = levels.filter((level) => meets(level, { pod, containers, podSecurity: { minor } }));
        return [name, found[index], admitted];
      });
      const expected = cases.map(({ name, breaks }) => {
        return [name, breaks, levels.filter((level) => isAdmitted(level, breaks, minor))];
      });
      expect(actual.length).toBeGreaterThan(0);
      // Comparing thousands of lists with jest's matcher is slow.
      const wrong = actual.filter((each, index) => JSON.stringify(each) !== JSON.stringify(expected[index]));
      expect(wrong).toEqual([]);
    }
  });

  test.each([
    ['runAsNonRoot', true, ['restricted:runAsNonRoot']],
    ['seccompProfile', { type: 'RuntimeDefault' }, ['restricted:seccompProfile_restricted']],
  ])('%s where each container sets its own, and where one does not', (property, value, expected) => {
    for (const minor of versions) {
      const spec = completePod();
      setAt(spec, ['securityContext', property], undefined);
      const places = lists.map((list) => [list, 0, 'securityContext', property]);
      for (const place of places) setAt(spec, place, value);
      expect(violations(spec, minor)).toEqual([]);
      for (const place of places) {
        setAt(spec, place, undefined);
        expect([minor, place, violations(spec, minor)]).toEqual([minor, place, expected]);
        setAt(spec, place, value);
      }
    }
  });

  test.each([
    ['unconfined', ['baseline:appArmorProfile']],
    ['runtime/other', ['baseline:appArmorProfile']],
    ['', []],
    ['runtime/default', []],
    ['localhost/app', []],
  ])('the AppArmor annotation %j', (value, expected) => {
    const key = 'container.apparmor.security.beta.kubernetes.io/app';
    for (const minor of versions)
      expect(violations(podWith(), minor, { annotations: { [key]: value } })).toEqual(expected);
  });

  test('has every check of the rules', () => {
    const tested = new Set(Object.values(standards).flatMap(({ checks }) => checks.map(({ id }) => id)));
    const named = rules.flatMap((rule) => Object.keys(rule.messages).flatMap((id) => controlsOf(rule, id)));
    const ids = named.filter((id) => id.startsWith('pss/')).map((id) => id.slice(4));
    expect([...tested].sort()).toEqual([...new Set(ids)].sort());
  });
});

/** Sets every field that the rules read. */
const everything = {
  os: { name: 'linux' },
  hostUsers: true,
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  securityContext: {
    runAsNonRoot: false,
    runAsUser: 0,
    seccompProfile: { type: 'Unconfined' },
    appArmorProfile: { type: 'Unconfined' },
    seLinuxOptions: { type: 'spc_t', user: 'u', role: 'r' },
    windowsOptions: { hostProcess: true },
    sysctls: [{ name: 'kernel.msgmax', value: '1' }],
  },
  volumes: [
    { name: 'socket', hostPath: { path: '/var/run/docker.sock' } },
    { name: 'nfs', nfs: { server: 's', path: '/' } },
  ],
  containers: [
    {
      name: 'app',
      ports: [{ hostPort: 80 }],
      volumeMounts: [{ name: 'socket', mountPath: '/s', readOnly: false, mountPropagation: 'Bidirectional' }],
      livenessProbe: { httpGet: { host: 'h' }, tcpSocket: { host: 'h' } },
      lifecycle: { preStop: { httpGet: { host: 'h' } } },
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: true,
        procMount: 'Unmasked',
        capabilities: { add: ['SYS_ADMIN'], drop: ['MKNOD'] },
      },
    },
  ],
};

test('one pod can break every rule', () => {
  const broken = new Set(run([podManifest(everything)], newest).reports.map(({ rule }) => rule.id));
  expect(rules.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
});

const hostile = [null, true, 0, -1, '', 'text', 10n ** 20n, Number.NaN, [], [null], [[]], {}, { name: {} }];

/** `value` with each of its parts, in turn, replaced by each hostile value. */
function* damaged(value: unknown): Generator<unknown> {
  yield* hostile;
  if (Array.isArray(value))
    for (const [index, item] of value.entries())
      for (const bad of damaged(item)) yield value.with(index, bad);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value))
      for (const bad of damaged(item)) yield { ...value, [key]: bad };
}

test('no rule throws, whatever stands where', () => {
  const specs = [...damaged(everything)];
  expect(specs.length).toBeGreaterThan(500);
  const pods = specs.map((spec) => podManifest(spec));
  const failures = [18, newest].flatMap((minor) => run(pods, minor).failures);
  expect(failures).toEqual([]);
});
