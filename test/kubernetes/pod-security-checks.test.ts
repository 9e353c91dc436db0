import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { podSecurityLevels } from '../../src/kubernetes/pod-security.ts';
import { appliesTo, meets, violationsOf } from '../../src/kubernetes/pod-security-checks.ts';
import { containersOf, type Pod } from '../../src/kubernetes/workload.ts';

const podOf = (spec: unknown): Pod => ({ metadata: new Field(undefined), spec: new Field(spec) });

describe('appliesTo', () => {
  const plain = {};
  const windows = { os: { name: 'windows' } };
  const linux = { os: { name: 'linux' } };
  const userNamespace = { hostUsers: false };

  // The first version with the check, and from which version on the pod is exempt.
  test.each([
    ['allowPrivilegeEscalation', plain, 8, undefined],
    ['allowPrivilegeEscalation', windows, 8, 25],
    ['allowPrivilegeEscalation', linux, 8, undefined],
    ['allowPrivilegeEscalation', userNamespace, 8, undefined],
    ['capabilities_restricted', plain, 22, undefined],
    ['capabilities_restricted', windows, 22, 25],
    ['capabilities_restricted', userNamespace, 22, undefined],
    ['hostProbesAndHostLifecycle', plain, 34, undefined],
    ['hostProbesAndHostLifecycle', windows, 34, undefined],
    ['procMount', plain, 0, undefined],
    ['procMount', userNamespace, 0, 35],
    ['procMount', { hostUsers: true }, 0, undefined],
    ['procMount_restricted', userNamespace, 35, undefined],
    ['runAsNonRoot', plain, 0, undefined],
    ['runAsNonRoot', windows, 0, undefined],
    ['runAsNonRoot', userNamespace, 0, 35],
    ['runAsNonRoot', { hostUsers: 'false' }, 0, undefined],
    ['runAsUser', plain, 23, undefined],
    ['runAsUser', userNamespace, 23, 35],
    ['seccompProfile_restricted', plain, 19, undefined],
    ['seccompProfile_restricted', windows, 19, 25],
  ] as const)('%s %j', (check, spec, since, exemptSince) => {
    const versions = Array.from({ length: 38 }, (_, minor) => minor);
    const applied = versions.filter((minor) => appliesTo(check, podOf(spec), minor));
    expect(applied).toEqual(versions.slice(since, exemptSince ?? versions.length));
  });
});

const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    { name: 'app', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
  ],
};
const bare = { containers: [{ name: 'app' }] };
const netRaw = { securityContext: { capabilities: { add: ['NET_RAW'] } } };

function subjectOf(spec: unknown, minor = 36) {
  const pod = podOf(spec);
  return { pod, containers: containersOf(pod), podSecurity: { minor } };
}

test.each<[string, unknown, number, readonly string[]]>([
  ['a restricted pod', restricted, 36, ['baseline', 'restricted']],
  ['a bare pod', bare, 36, ['baseline']],
  ['a pod on the network of its node', { ...bare, hostNetwork: true }, 36, []],
  ['a pod on the network of its node, restricted else', { ...restricted, hostNetwork: true }, 36, []],
  ['a pod without anything', {}, 36, ['baseline', 'restricted']],
  ['a probe before it counts', probing(), 33, ['baseline', 'restricted']],
  ['a probe', probing(), 34, []],
])('the levels that %s meets', (_, spec, minor, levels) => {
  const all = ['privileged', ...levels];
  expect(podSecurityLevels.filter((level) => meets(level, subjectOf(spec, minor)))).toEqual(all);
});

function probing() {
  const [container] = restricted.containers;
  return { ...restricted, containers: [{ ...container, livenessProbe: { httpGet: { host: 'a' } } }] };
}

test('a violation tells whose it is', () => {
  const { place, owner, name, about } =
    violationsOf('capabilities_baseline', subjectOf({ containers: [{ name: 'app', ...netRaw }] }))[0] ?? {};
  expect(place?.pointer).toBe('/containers/0/securityContext/capabilities/add/0');
  expect([owner, name, about?.container?.type]).toEqual(['container app', 'app', 'app']);
});

test('what runs no pod breaks no check', () => {
  expect(meets('restricted', { pod: undefined, containers: [], podSecurity: { minor: 36 } })).toBe(true);
});
