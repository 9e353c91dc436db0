import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../../src/kubernetes/inventory.ts';
import { readObject } from '../../../src/kubernetes/object.ts';
import type { Manifest } from '../../../src/render/manifest.ts';
import { rules as allRules } from '../../../src/rules/index.ts';
import { runRules } from '../../../src/rules/run.ts';

const rules = allRules.filter(({ id }) => id.startsWith('pod/'));
const newest = 37;

function manifestOf(value: unknown): Manifest {
  const object = readObject(value);
  if (object === undefined) throw new Error('a test object has no kind');
  return {
    ...object,
    target: { kind: 'manifests', name: '.', complete: true, files: [] },
    originsOf: () => [],
  };
}

function run(spec: unknown, kubernetesMinor: number, namespaceLabels?: Record<string, string>) {
  const metadata = { name: 'shop', labels: namespaceLabels };
  const namespace = manifestOf({ apiVersion: 'v1', kind: 'Namespace', metadata });
  const pod = manifestOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec,
  });
  const repository = new ObjectIndex([namespace, pod]);
  const schemas = { problems: () => undefined, knows: () => false };
  return runRules({
    rules,
    manifests: [pod],
    options: new Map(),
    inventoryOf: () => ({
      target: repository,
      environment: repository,
      repository,
      complete: true,
      environmentName: undefined,
    }),
    schemas,
    kubernetesMinor,
  });
}

/** The checks of the Pod Security Standards that the findings name, sorted. */
function violations(spec: unknown, minor: number, namespaceLabels?: Record<string, string>): string[] {
  const { reports } = run(spec, minor, namespaceLabels);
  const controls = reports.flatMap(({ rule, messageId }) => {
    const message = rule.messages[messageId];
    return [
      ...rule.controls,
      ...(isObject(message) && Array.isArray(message.controls) ? message.controls : []),
    ];
  });
  return [...new Set(controls.filter((id) => id.startsWith('pss/')).map((id) => id.slice(4)))].sort();
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
    const labels = {
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/enforce-version': 'v1.33',
    };
    expect(violations(podWith({}, {}, probe), newest, labels)).toEqual([]);
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
  const broken = new Set(run(everything, newest).reports.map(({ rule }) => rule.id));
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
  const failures = specs.flatMap((spec) => [18, newest].flatMap((minor) => run(spec, minor).failures));
  expect(failures).toEqual([]);
});
