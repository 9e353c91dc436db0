import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { knownPorts, openToEveryone } from '../../src/kubernetes/load-balancer.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const service = (name: string, ports: unknown) =>
  new Field({ metadata: { name }, spec: { ports } }).at('spec');

test.each<[string, string, unknown, string[]]>([
  ['a database', 'db', [{ port: 5432 }], ['PostgreSQL']],
  ['two', 'db', [{ port: 443 }, { port: 6379 }, { port: 2379 }], ['Redis', 'etcd']],
  ['the port of clients, not that of the pod', 'web', [{ port: 443, targetPort: 10250 }], []],
  ['another protocol', 'db', [{ port: 5432, protocol: 'UDP' }], []],
  ['a shell', 'bastion', [{ port: 22 }], ['SSH']],
  ['a Git server', 'forgejo-ssh', [{ port: 22 }], []],
  ['a Git server by its port', 'web', [{ port: 22, name: 'git-ssh' }], []],
  ['nonsense', 'x', [null, { port: '5432' }, 'x', { port: 'constructor' }], []],
])('known ports: %s', (_, name, ports, products) => {
  expect(knownPorts(service(name, ports)).map(({ product }) => product)).toEqual(products);
});

describe('who may come in', () => {
  const pool = (apiVersion: string, kind: string, spec: object) =>
    new ObjectIndex(
      [readObject({ apiVersion, kind, metadata: { name: 'pool' }, spec })].flatMap((it) => it ?? []),
    );
  const none = new ObjectIndex([]);
  const metallb = (...addresses: string[]) => pool('metallb.io/v1beta1', 'IPAddressPool', { addresses });

  test.each<[string, object, object, ObjectIndex, string | undefined]>([
    ['everyone', {}, {}, none, '/spec/type'],
    ['no load balancer', {}, { type: 'ClusterIP' }, none, undefined],
    ['some', {}, { loadBalancerSourceRanges: ['192.0.2.0/24'] }, none, undefined],
    [
      'all',
      {},
      { loadBalancerSourceRanges: ['192.0.2.0/24', '::/0'] },
      none,
      '/spec/loadBalancerSourceRanges/1',
    ],
    ['an empty list of ranges', {}, { loadBalancerSourceRanges: [] }, none, '/spec/type'],
    ['a private address', {}, { loadBalancerIP: '10.0.0.8' }, none, undefined],
    ['a public address', {}, { loadBalancerIP: '203.0.113.8' }, none, '/spec/type'],
    ['a private pool', {}, {}, metallb('192.168.1.0/24'), undefined],
    ['a public pool too', {}, {}, metallb('192.168.1.0/24', '203.0.113.0/28'), '/spec/type'],
    [
      'a private pool of Cilium',
      {},
      {},
      pool('cilium.io/v2', 'CiliumLoadBalancerIPPool', {
        blocks: [{ cidr: '10.0.10.0/24' }, { start: '10.0.20.1', stop: '10.0.20.9' }],
      }),
      undefined,
    ],
    [
      'ranges in an annotation',
      { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24, 0.0.0.0/0' },
      {},
      none,
      '/metadata/annotations/service.beta.kubernetes.io~1load-balancer-source-ranges',
    ],
    [
      'security groups',
      { 'service.beta.kubernetes.io/aws-load-balancer-security-groups': 'sg-1' },
      {},
      none,
      undefined,
    ],
    [
      'AWS on request',
      {
        'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
        'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing',
      },
      {},
      none,
      '/spec/type',
    ],
  ])('%s', (_, annotations, spec, index, pointer) => {
    const root = new Field({ metadata: { annotations }, spec: { type: 'LoadBalancer', ...spec } });
    expect(openToEveryone(root, index)?.pointer).toBe(pointer);
  });
});
