import { describe, expect, test } from '@jest/globals';
import { anyPodIn, isAllowed, isIsolated, readPolicies } from '../../../src/kubernetes/network/policies.ts';
import type { Direction, Party } from '../../../src/kubernetes/network/policy.ts';
import { object, pod } from './pods.ts';

const web = pod('shop', { app: 'web' }, { tenant: 'a' });
const other = pod('other', { app: 'web' });
const unknown = anyPodIn(web.namespace);

type Kind = 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy';

function cilium(kind: Kind, spec: unknown, more: object = {}) {
  const namespace = kind === 'CiliumNetworkPolicy' ? 'shop' : undefined;
  return readPolicies(object('cilium.io/v2', kind, spec, namespace, more));
}

describe('isolates all pods of a namespace', () => {
  const here = { 'k8s:io.kubernetes.pod.namespace': 'shop' };
  const labelled = { 'io.cilium.k8s.namespace.labels.tenant': 'a' };
  test.each<[string, unknown, boolean]>([
    ['by an empty rule', { endpointSelector: {}, ingress: [{}] }, true],
    ['by a deny rule', { endpointSelector: {}, ingressDeny: [{ fromEntities: ['world'] }] }, true],
    ['by named peers', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }, true],
    ['by its name', { endpointSelector: { matchLabels: here }, ingress: [{}] }, true],
    ['by its labels', { endpointSelector: { matchLabels: labelled }, ingress: [{}] }, true],
    ['when default deny is on', { endpointSelector: {}, enableDefaultDeny: { ingress: true } }, true],
    [
      'not another namespace',
      { endpointSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'other' } }, ingress: [{}] },
      false,
    ],
    ['not some pods', { endpointSelector: { matchLabels: { app: 'web' } }, ingress: [{}] }, false],
    ['not nodes', { nodeSelector: {}, ingress: [{}] }, false],
    ['not by an empty section', { endpointSelector: {}, ingress: [] }, false],
    ['not by egress', { endpointSelector: {}, egress: [{}] }, false],
    [
      'not when default deny is off',
      { endpointSelector: {}, ingress: [{}], enableDefaultDeny: { ingress: false } },
      false,
    ],
  ])('%s', (_, spec, expected) => {
    for (const kind of ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const)
      expect(isIsolated(cilium(kind, spec), unknown, 'ingress')).toBe(expected);
  });

  test('by one of several specs', () => {
    const specs = [{ endpointSelector: {} }, { endpointSelector: {}, ingress: [{}] }];
    expect(isIsolated(cilium('CiliumNetworkPolicy', undefined, { specs }), unknown, 'ingress')).toBe(true);
  });
});

describe('lets traffic pass', () => {
  const ports = (...list: unknown[]) => [{ ports: list }];
  test.each<[string, Direction, object, Party, boolean, boolean]>([
    ['an empty rule: nobody', 'ingress', { ingress: [{}] }, web, false, false],
    ['endpoints: of the own namespace', 'ingress', { ingress: [{ fromEndpoints: [{}] }] }, web, true, true],
    ['endpoints: of another one', 'ingress', { ingress: [{ fromEndpoints: [{}] }] }, other, false, true],
    [
      'endpoints: of a named namespace',
      'ingress',
      { ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'other' } }] }] },
      other,
      true,
      true,
    ],
    ['an empty list of endpoints', 'ingress', { ingress: [{ fromEndpoints: [] }] }, web, false, false],
    ['ports alone', 'ingress', { ingress: [{ toPorts: ports({ port: '80' }) }] }, '192.0.2.1', true, true],
    ['other ports', 'ingress', { ingress: [{ toPorts: ports({ port: '81' }) }] }, web, false, false],
    [
      'a range of ports',
      'ingress',
      { ingress: [{ toPorts: ports({ port: '79', endPort: 81, protocol: 'TCP' }) }] },
      web,
      true,
      true,
    ],
    [
      'another protocol',
      'ingress',
      { ingress: [{ toPorts: ports({ port: '80', protocol: 'UDP' }) }] },
      web,
      false,
      false,
    ],
    ['the cluster', 'ingress', { ingress: [{ fromEntities: ['cluster'] }] }, other, true, true],
    [
      'the cluster: outside',
      'ingress',
      { ingress: [{ fromEntities: ['cluster'] }] },
      '192.0.2.1',
      false,
      false,
    ],
    ['the world', 'egress', { egress: [{ toEntities: ['world'] }] }, '192.0.2.1', true, true],
    ['a block', 'egress', { egress: [{ toCIDR: ['192.0.2.0/24'] }] }, '192.0.2.1', true, true],
    [
      'a block with exceptions',
      'egress',
      { egress: [{ toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['192.0.2.0/24'] }] }] },
      '192.0.2.1',
      false,
      false,
    ],
    ['names', 'egress', { egress: [{ toFQDNs: [{ matchName: 'example.com' }] }] }, '192.0.2.1', false, false],
    [
      'a denial wins',
      'egress',
      { egress: [{ toEntities: ['all'] }], egressDeny: [{ toCIDR: ['192.0.2.1/32'] }] },
      '192.0.2.1',
      false,
      false,
    ],
    ['another direction', 'egress', { ingress: [{}] }, other, true, true],
  ])('%s', (_, direction, sections, party, own, clusterwide) => {
    const spec = { endpointSelector: {}, ...sections };
    const traffic = { direction, party, port: { protocol: 'TCP', number: 80 } } as const;
    expect(isAllowed(cilium('CiliumNetworkPolicy', spec), web, traffic)).toBe(own);
    expect(isAllowed(cilium('CiliumClusterwideNetworkPolicy', spec), web, traffic)).toBe(clusterwide);
  });
});

test.each<[string, object, string | undefined]>([
  ['nobody', {}, undefined],
  ['ports alone', { toPorts: [{}] }, 'everyone'],
  ['all', { fromEntities: ['all'] }, 'everyone'],
  ['the world', { fromEntities: ['world'] }, 'everyone'],
  ['the cluster', { fromEntities: ['cluster'] }, 'every pod'],
  ['hosts', { fromEntities: ['host'] }, 'some'],
  ['every address', { fromCIDRSet: [{ cidr: '0.0.0.0/0' }] }, 'everyone'],
  ['the own namespace', { fromEndpoints: [{}] }, 'some'],
  [
    'all namespaces',
    {
      fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }],
    },
    'every pod',
  ],
])('the scope of %s', (_, rule, scope) => {
  const policies = cilium('CiliumNetworkPolicy', { endpointSelector: {}, ingress: [rule] });
  expect(policies.flatMap(({ rules }) => rules.ingress)[0]?.peers[0]?.scope).toBe(scope);
});
