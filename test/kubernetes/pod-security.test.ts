import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import {
  capabilityName,
  isAllowedSELinuxType,
  isSafeSysctl,
  ownersWithout,
  podSecurityFor,
} from '../../src/kubernetes/pod-security.ts';
import { containersOf, type Pod } from '../../src/kubernetes/workload.ts';

const podOf = (spec: unknown): Pod => ({ metadata: new Field(undefined), spec: new Field(spec) });

describe('podSecurityFor', () => {
  const enforce = 'pod-security.kubernetes.io/enforce';
  const version = 'pod-security.kubernetes.io/enforce-version';

  test.each<[string, unknown, number, string | undefined]>([
    ['no labels', undefined, 36, undefined],
    [
      'other labels',
      { [`${enforce}d`]: 'restricted', 'pod-security.kubernetes.io/warn': 'baseline' },
      36,
      undefined,
    ],
    ['a level', { [enforce]: 'baseline' }, 36, 'baseline'],
    ['privileged', { [enforce]: 'privileged' }, 36, 'privileged'],
    ['latest', { [enforce]: 'restricted', [version]: 'latest' }, 36, 'restricted'],
    ['an older version', { [enforce]: 'restricted', [version]: 'v1.29' }, 29, 'restricted'],
    ['the first version', { [enforce]: 'restricted', [version]: 'v1.0' }, 0, 'restricted'],
    ['a newer version than the cluster', { [enforce]: 'restricted', [version]: 'v1.37' }, 36, 'restricted'],
    ['a version and no level', { [version]: 'v1.29' }, 29, undefined],
    ['an invalid level', { [enforce]: 'Baseline' }, 36, 'restricted'],
    ['an empty level', { [enforce]: '' }, 36, 'restricted'],
    ['a level of another type', { [enforce]: true }, 36, 'restricted'],
    ['a null level', { [enforce]: null }, 36, undefined],
    ['a version without v', { [enforce]: 'baseline', [version]: '1.29' }, 36, 'baseline'],
    ['a patch version', { [enforce]: 'baseline', [version]: 'v1.29.1' }, 36, 'baseline'],
    ['a leading zero', { [enforce]: 'baseline', [version]: 'v1.029' }, 36, 'baseline'],
    ['another major version', { [enforce]: 'baseline', [version]: 'v2.1' }, 36, 'baseline'],
    ['a line break after the version', { [enforce]: 'baseline', [version]: 'v1.29\n' }, 36, 'baseline'],
    ['a version of another type', { [enforce]: 'baseline', [version]: 1.29 }, 36, 'baseline'],
    ['labels that are a list', [enforce], 36, undefined],
  ])('%s', (_, labels, minor, enforced) => {
    expect(podSecurityFor(new Field(labels), 36)).toEqual({ minor, enforced });
  });

  test('no Namespace object', () => {
    expect(podSecurityFor(undefined, 31)).toEqual({ minor: 31, enforced: undefined });
  });
});

describe('lists that grow', () => {
  test.each([
    ['kernel.shm_rmid_forced', 0],
    ['net.ipv4.ip_local_port_range', 0],
    ['net.ipv4.ip_local_reserved_ports', 27],
    ['net.ipv4.tcp_keepalive_time', 29],
    ['net.ipv4.tcp_fin_timeout', 29],
    ['net.ipv4.tcp_keepalive_intvl', 29],
    ['net.ipv4.tcp_keepalive_probes', 29],
    ['net.ipv4.tcp_rmem', 32],
    ['net.ipv4.tcp_wmem', 32],
    ['net.ipv4.tcp_slow_start_after_idle', 37],
    ['net.ipv4.tcp_notsent_lowat', 37],
  ])('sysctl %s is safe from 1.%d on', (name, since) => {
    expect(isSafeSysctl(name, since)).toBe(true);
    expect(isSafeSysctl(name, since - 1)).toBe(false);
  });

  test.each([
    'net.core.somaxconn',
    'kernel/shm_rmid_forced',
    'KERNEL.SHM_RMID_FORCED',
    '',
    'constructor',
    '__proto__',
  ])('sysctl %j is never safe', (name) => expect(isSafeSysctl(name, 99)).toBe(false));

  test.each([
    ['', 0],
    ['container_t', 0],
    ['container_init_t', 0],
    ['container_kvm_t', 0],
    ['container_engine_t', 31],
  ])('SELinux type %j is allowed from 1.%d on', (type, since) => {
    expect(isAllowedSELinuxType(type, since)).toBe(true);
    expect(isAllowedSELinuxType(type, since - 1)).toBe(false);
  });

  test.each(['spc_t', 'Container_t', 'toString'])('SELinux type %j is never allowed', (type) =>
    expect(isAllowedSELinuxType(type, 99)).toBe(false),
  );
});

test.each([
  ['SYS_ADMIN', 'SYS_ADMIN'],
  ['CAP_SYS_ADMIN', 'SYS_ADMIN'],
  ['cap_sys_admin', 'SYS_ADMIN'],
  ['all', 'ALL'],
  ['SYS_CAP_ADMIN', 'SYS_CAP_ADMIN'],
])('capabilityName(%j) is %s', (written, name) => {
  expect(capabilityName(written)).toBe(name);
});

describe('ownersWithout', () => {
  const set = { securityContext: { runAsNonRoot: true } };
  test.each<[string, unknown, string[]]>([
    [
      'nobody sets it',
      { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] },
      ['the pod'],
    ],
    ['the pod sets it', { ...set, containers: [{ name: 'a' }] }, []],
    ['every container sets it', { containers: [{ name: 'a', ...set }], ephemeralContainers: [set] }, []],
    [
      'some containers set it',
      { initContainers: [{ name: 'i' }], containers: [{ name: 'a', ...set }, {}] },
      ['container i', 'container #2'],
    ],
    ['there is no container', {}, []],
  ])('%s', (_, spec, owners) => {
    const pod = podOf(spec);
    const isSet = (value: unknown) => value !== undefined;
    const found = ownersWithout('runAsNonRoot', isSet, pod, containersOf(pod));
    expect(found.map(({ owner }) => owner)).toEqual(owners);
  });
});
