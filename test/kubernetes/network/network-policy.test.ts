import { describe, expect, test } from '@jest/globals';
import { anyPodIn, isAllowed, isIsolated, readPolicies } from '../../../src/kubernetes/network/policies.ts';
import type { NetworkPod, Party, Port } from '../../../src/kubernetes/network/policy.ts';
import { object, pod } from './pods.ts';

// Cases from the documentation of NetworkPolicy: https://kubernetes.io/docs/concepts/services-networking/network-policies/

const db = pod('default', { role: 'db' });
const other = pod('default', { role: 'other' });
const frontend = pod('default', { role: 'frontend' });
const elsewhere = pod('elsewhere', { role: 'frontend' });
const project = pod('project', { role: 'backend' }, { project: 'myproject' });
const client = pod('project', { role: 'client' }, { project: 'myproject' });

function policies(...specs: unknown[]) {
  return specs.flatMap((spec) =>
    readPolicies(object('networking.k8s.io/v1', 'NetworkPolicy', spec, 'default')),
  );
}

const tcp = (number: number, name?: string): Port =>
  name === undefined ? { protocol: 'TCP', number } : { protocol: 'TCP', number, name };
const udp = (number: number): Port => ({ protocol: 'UDP', number });

describe('ingress', () => {
  const doc = {
    podSelector: { matchLabels: { role: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
          { namespaceSelector: { matchLabels: { project: 'myproject' } } },
          { podSelector: { matchLabels: { role: 'frontend' } } },
        ],
        ports: [{ protocol: 'TCP', port: 6379 }],
      },
    ],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
  };
  const from = (...from: unknown[]) => ({ podSelector: {}, ingress: [{ from }] });
  const ports = (...ports: unknown[]) => ({ podSelector: {}, ingress: [{ ports }] });
  const namespace = { namespaceSelector: { matchLabels: { project: 'myproject' } } };
  const clients = { podSelector: { matchLabels: { role: 'client' } } };

  test.each<[string, unknown[], NetworkPod, Party, Port, boolean]>([
    ['no policy', [], db, elsewhere, tcp(1), true],
    ['not selected', [doc], other, elsewhere, tcp(1), true],
    ['an address of the block', [doc], db, '172.17.0.9', tcp(6379), true],
    ['an address that is excepted', [doc], db, '172.17.1.9', tcp(6379), false],
    ['an address outside', [doc], db, '172.18.0.1', tcp(6379), false],
    ['a pod of a selected namespace', [doc], db, project, tcp(6379), true],
    ['a selected pod of the own namespace', [doc], db, frontend, tcp(6379), true],
    ['such a pod of another namespace', [doc], db, elsewhere, tcp(6379), false],
    ['another pod', [doc], db, other, tcp(6379), false],
    ['another port', [doc], db, frontend, tcp(6380), false],
    ['another protocol', [doc], db, frontend, udp(6379), false],

    [
      'deny all: an empty podSelector',
      [{ podSelector: {}, policyTypes: ['Ingress'] }],
      db,
      other,
      tcp(1),
      false,
    ],
    ['deny all: no types', [{ podSelector: {} }], db, other, tcp(1), false],
    ['deny all: an empty list of rules', [{ podSelector: {}, ingress: [] }], db, other, tcp(1), false],
    ['allow all: an empty rule', [{ podSelector: {}, ingress: [{}] }], db, '192.0.2.1', tcp(1), true],
    ['allow all: an empty list of peers', [from()], db, '192.0.2.1', tcp(1), true],
    ['allow all wins over deny all', [{ podSelector: {} }, { ingress: [{}] }], db, other, tcp(1), true],
    ['only egress', [{ podSelector: {}, policyTypes: ['Egress'] }], db, other, tcp(1), true],
    [
      'rules of a direction that is not among the types',
      [{ policyTypes: ['Egress'], ingress: [] }],
      db,
      other,
      tcp(1),
      true,
    ],

    ['an empty peer is for nobody', [from({})], db, other, tcp(1), false],
    ['an empty podSelector: the own namespace', [from({ podSelector: {} })], db, other, tcp(1), true],
    ['an empty podSelector: no other namespace', [from({ podSelector: {} })], db, elsewhere, tcp(1), false],
    ['an empty podSelector: no address', [from({ podSelector: {} })], db, '10.0.0.1', tcp(1), false],
    ['an empty namespaceSelector: all pods', [from({ namespaceSelector: {} })], db, elsewhere, tcp(1), true],
    [
      'an empty namespaceSelector: no address',
      [from({ namespaceSelector: {} })],
      db,
      '10.0.0.1',
      tcp(1),
      false,
    ],
    ['all namespaces and some pods', [from({ namespaceSelector: {}, ...clients })], db, client, tcp(1), true],
    [
      'all namespaces and some pods: others',
      [from({ namespaceSelector: {}, ...clients })],
      db,
      project,
      tcp(1),
      false,
    ],
    ['both selectors in one peer', [from({ ...namespace, ...clients })], db, project, tcp(1), false],
    ['two peers', [from(namespace, clients)], db, project, tcp(1), true],
    [
      'a namespace by its name',
      [from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } } })],
      db,
      elsewhere,
      tcp(1),
      true,
    ],
    [
      'several namespaces by name',
      [
        from({
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['elsewhere'] },
            ],
          },
        }),
      ],
      db,
      elsewhere,
      tcp(1),
      false,
    ],
    ['every address', [from({ ipBlock: { cidr: '0.0.0.0/0' } })], db, '203.0.113.7', tcp(1), true],
    [
      'every address but one block',
      [from({ ipBlock: { cidr: '::/0', except: ['fd00::/8'] } })],
      db,
      'fd00::1',
      tcp(1),
      false,
    ],

    ['a port without protocol is of TCP', [ports({ port: 80 })], db, other, tcp(80), true],
    ['a port without protocol is not of UDP', [ports({ port: 80 })], db, other, udp(80), false],
    ['a protocol without port', [ports({ protocol: 'UDP' })], db, other, udp(53), true],
    ['a protocol without port: another one', [ports({ protocol: 'UDP' })], db, other, tcp(53), false],
    ['an empty port', [ports({})], db, other, tcp(9), true],
    ['an empty list of ports', [ports()], db, other, udp(9), true],
    ['the last port of a range', [ports({ port: 32000, endPort: 32768 })], db, other, tcp(32768), true],
    ['a port after the range', [ports({ port: 32000, endPort: 32768 })], db, other, tcp(32769), false],
    ['a named port', [ports({ port: 'http' })], db, other, tcp(8080, 'http'), true],
    ['a port of another name', [ports({ port: 'http' })], db, other, tcp(8080, 'web'), false],
    ['a port without name', [ports({ port: 'http' })], db, other, tcp(80), false],

    [
      'a pod by an expression',
      [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['db', 'cache'] }] } }],
      db,
      other,
      tcp(1),
      false,
    ],
    [
      'not a pod without the label',
      [{ podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }],
      db,
      other,
      tcp(1),
      true,
    ],
    ['policies of another namespace', [{ podSelector: {} }], elsewhere, other, tcp(1), true],
  ])('%s', (_, specs, to, party, port, expected) => {
    expect(isAllowed(policies(...specs), to, { direction: 'ingress', party, port })).toBe(expected);
  });
});

describe('egress', () => {
  const egress = (...rules: unknown[]) => ({ podSelector: {}, egress: rules });

  test.each<[string, unknown[], Party, Port, boolean]>([
    ['a policy for ingress', [{ podSelector: {} }], '192.0.2.1', tcp(1), true],
    ['an empty list without types denies nothing', [egress()], '192.0.2.1', tcp(1), true],
    ['an empty list with types', [{ ...egress(), policyTypes: ['Egress'] }], '192.0.2.1', tcp(1), false],
    ['types alone', [{ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }], other, tcp(1), false],
    ['rules without types', [egress({ ports: [{ port: 53, protocol: 'UDP' }] })], '192.0.2.1', tcp(1), false],
    [
      'a rule with ports alone',
      [egress({ ports: [{ port: 53, protocol: 'UDP' }] })],
      '192.0.2.1',
      udp(53),
      true,
    ],
    [
      'rules that the types leave out',
      [{ ...egress({}), policyTypes: ['Ingress'] }],
      '192.0.2.1',
      tcp(1),
      true,
    ],
    ['allow all', [egress({})], '192.0.2.1', tcp(1), true],
    ['to the own namespace', [egress({ to: [{ podSelector: {} }] })], other, tcp(1), true],
    ['to the own namespace: another', [egress({ to: [{ podSelector: {} }] })], elsewhere, tcp(1), false],
  ])('%s', (_, specs, party, port, expected) => {
    expect(isAllowed(policies(...specs), db, { direction: 'egress', party, port })).toBe(expected);
  });
});

test('a default is what selects a pod of which nothing is known', () => {
  const unknown = anyPodIn(db.namespace);
  expect(isIsolated(policies({ podSelector: {} }), unknown, 'ingress')).toBe(true);
  expect(isIsolated(policies({ podSelector: {} }), unknown, 'egress')).toBe(false);
  expect(isIsolated(policies({ podSelector: { matchLabels: { role: 'db' } } }), unknown, 'ingress')).toBe(
    false,
  );
});

test.each<[string, unknown, string]>([
  ['no peers', {}, 'everyone'],
  ['every address', { from: [{ ipBlock: { cidr: '::/0' } }] }, 'everyone'],
  ['every address but some', { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }, 'some'],
  ['half of all addresses', { from: [{ ipBlock: { cidr: '0.0.0.0/1' } }] }, 'some'],
  ['every namespace', { from: [{ namespaceSelector: {} }] }, 'every pod'],
  ['every pod of every namespace', { from: [{ namespaceSelector: {}, podSelector: {} }] }, 'every pod'],
  [
    'some pods of every namespace',
    { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } }] },
    'some',
  ],
  ['the own namespace', { from: [{ podSelector: {} }] }, 'some'],
])('the scope of %s', (_, rule, scope) => {
  const [policy] = policies({ ingress: [rule] });
  expect(policy?.rules.ingress[0]?.peers[0]?.scope).toBe(scope);
});

test.each(['text', null, [], 7, { podSelector: [], ingress: {}, egress: [null, 3], policyTypes: 'x' }])(
  'nonsense does no harm: %j',
  (spec) => {
    const traffic = { direction: 'egress', party: other, port: tcp(1) } as const;
    expect(typeof isAllowed(policies(spec), db, traffic)).toBe('boolean');
  },
);
