import { describe, expect, test } from '@jest/globals';
import { anyPodIn, isAllowed, isIsolated, readPolicies } from '../../../src/kubernetes/network/policies.ts';
import type { Party } from '../../../src/kubernetes/network/policy.ts';
import { object, pod } from './pods.ts';

const web = pod('shop', { app: 'web' }, { tenant: 'a' });
const other = pod('other', { app: 'web' });

const read = (kind: string, spec: unknown, version = 'v1alpha1') =>
  readPolicies(object(`policy.networking.k8s.io/${version}`, kind, spec));
const network = (spec: unknown) =>
  readPolicies(object('networking.k8s.io/v1', 'NetworkPolicy', spec, 'shop'));

describe('isolates all pods of a namespace', () => {
  const deny = [{ action: 'Deny', from: [{ namespaces: {} }] }];
  const all = { namespaces: {} };
  const pods = (namespaceSelector: object, podSelector: object) => ({
    pods: { namespaceSelector, podSelector },
  });
  test.each<[string, unknown, boolean]>([
    ['every namespace', { subject: all, ingress: deny }, true],
    [
      'a namespace by name',
      { subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }, ingress: deny },
      true,
    ],
    ['all pods of it', { subject: pods({ matchLabels: { tenant: 'a' } }, {}), ingress: deny }, true],
    ['from all pods', { subject: all, ingress: [{ action: 'Deny', from: [pods({}, {})] }] }, true],
    ['not another', { subject: { namespaces: { matchLabels: { tenant: 'b' } } }, ingress: deny }, false],
    ['not some pods', { subject: pods({}, { matchLabels: { a: 'b' } }), ingress: deny }, false],
    ['not by allowing', { subject: all, ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] }, false],
    [
      'not from some',
      { subject: all, ingress: [{ action: 'Deny', from: [pods({}, { matchLabels: { a: 'b' } })] }] },
      false,
    ],
    [
      'not on one port',
      { subject: all, ingress: [{ ...deny[0], ports: [{ portNumber: { port: 80 } }] }] },
      false,
    ],
    ['not without a subject', { ingress: deny }, false],
  ])('%s', (_, spec, expected) => {
    for (const kind of ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'])
      expect(isIsolated(read(kind, spec), anyPodIn(web.namespace), 'ingress')).toBe(expected);
  });
});

describe('lets traffic pass', () => {
  const subject = { namespaces: {} };
  const rule = (action: string, more: object = {}) => ({
    action,
    to: [{ networks: ['192.0.2.0/24'] }],
    ...more,
  });
  const admin = (...egress: unknown[]) => read('AdminNetworkPolicy', { subject, egress });
  const baseline = (...egress: unknown[]) => read('BaselineAdminNetworkPolicy', { subject, egress });
  const isolated = network({ podSelector: {}, policyTypes: ['Egress'] });
  const open = network({ podSelector: {}, egress: [{}] });

  test.each<[string, ReturnType<typeof read>, Party, boolean]>([
    ['a denial of administrators', [...admin(rule('Deny')), ...open], '192.0.2.1', false],
    ['what they allow', [...admin(rule('Allow')), ...isolated], '192.0.2.1', true],
    ['what they pass on', [...admin(rule('Pass'), rule('Deny')), ...open], '192.0.2.1', true],
    ['what they pass on to nobody', [...admin(rule('Pass')), ...isolated], '192.0.2.1', false],
    ['what they do not speak of', [...admin(rule('Deny')), ...isolated], '198.51.100.1', false],
    ['the baseline', baseline(rule('Deny')), '192.0.2.1', false],
    ['the baseline below a policy', [...baseline(rule('Deny')), ...open], '192.0.2.1', true],
    ['the first rule', admin(rule('Allow'), rule('Deny')), '192.0.2.1', true],
    [
      'a port',
      admin(rule('Deny', { ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] })),
      '192.0.2.1',
      false,
    ],
    [
      'another port',
      admin(rule('Deny', { ports: [{ portRange: { start: 81, end: 90 } }] })),
      '192.0.2.1',
      true,
    ],
    ['a port by name', admin(rule('Deny', { ports: [{ namedPort: 'http' }] })), '192.0.2.1', true],
    ['a pod', admin({ action: 'Deny', to: [{ namespaces: { matchLabels: { tenant: 'b' } } }] }), other, true],
  ])('%s', (_, policies, party, expected) => {
    const traffic = { direction: 'egress', party, port: { protocol: 'TCP', number: 80 } } as const;
    expect(isAllowed(policies, web, traffic)).toBe(expected);
  });

  test.each<[string, string, unknown[], boolean]>([
    ['admin tier', 'Admin', [], false],
    ['baseline tier', 'Baseline', [], true],
    ['a range of ports', 'Admin', [{ tcp: { destinationPort: { range: { start: 80, end: 90 } } } }], false],
    ['another port', 'Admin', [{ tcp: { destinationPort: { number: 81 } } }], true],
    ['another protocol', 'Admin', [{ udp: {} }], true],
    ['all ports of a protocol', 'Admin', [{ tcp: {} }], false],
  ])('ClusterNetworkPolicy: %s', (_, tier, protocols, expected) => {
    const egress = [{ ...rule('Deny'), protocols }];
    const policies = [
      ...read('ClusterNetworkPolicy', { tier, priority: 1, subject, egress }, 'v1alpha2'),
      ...open,
    ];
    const traffic = {
      direction: 'egress',
      party: '192.0.2.1',
      port: { protocol: 'TCP', number: 80 },
    } as const;
    expect(isAllowed(policies, web, traffic)).toBe(expected);
  });

  test('policies are asked by their priority', () => {
    const of = (priority: number, action: string) =>
      read('AdminNetworkPolicy', { subject, priority, egress: [rule(action)] });
    const traffic = {
      direction: 'egress',
      party: '192.0.2.1',
      port: { protocol: 'TCP', number: 80 },
    } as const;
    expect(isAllowed([...of(20, 'Allow'), ...of(3, 'Deny')], web, traffic)).toBe(false);
  });
});
