import { describe, expect, test } from '@jest/globals';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { isClusterProvided, productsOf } from '../../src/kubernetes/producers.ts';

const products = (...values: object[]) =>
  productsOf(new ObjectIndex(values.flatMap((value) => readObject(value) ?? [])));
const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object = {},
  annotations: object = {},
) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', annotations },
  ...rest,
});

describe('what is made', () => {
  const all = products(
    object('v1', 'Secret', 'plain'),
    object('external-secrets.io/v1', 'ExternalSecret', 'a', { spec: { target: { name: 'renamed' } } }),
    object('external-secrets.io/v1', 'ExternalSecret', 'b', { spec: { target: { name: '' } } }),
    object('external-secrets.io/v1', 'ExternalSecret', 'c', {
      spec: { target: { name: 'settings', manifest: { apiVersion: 'v1', kind: 'ConfigMap' } } },
    }),
    object('bitnami.com/v1alpha1', 'SealedSecret', 'sealed', {
      spec: { template: { metadata: { name: 'other' } } },
    }),
    object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'csi', {
      spec: { secretObjects: [{ secretName: 'one' }, { secretName: 'two' }, null] },
    }),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'shimmed',
      { spec: { tls: [{ secretName: 'shim-tls' }] } },
      {
        'cert-manager.io/issuer': 'ca',
      },
    ),
    object('networking.k8s.io/v1', 'Ingress', 'by-hand', { spec: { tls: [{ secretName: 'hand-tls' }] } }),
    object('acid.zalan.do/v1', 'postgresql', 'orders'),
    object('apps/v1', 'StatefulSet', 'db', {
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    }),
    object('v1', 'Secret', 'mirrored', {}, { 'replicator.v1.mittwald.de/replicate-to': '*' }),
    object('secrets.doppler.com/v1alpha1', 'DopplerSecret', 'doppler', {
      spec: { managedSecret: { name: 'moved', namespace: 'office' } },
    }),
  );
  test.each<[string, string, string, boolean]>([
    ['Secret', 'shop', 'plain', true],
    ['Secret', 'office', 'plain', false],
    ['ConfigMap', 'shop', 'plain', false],
    ['Secret', 'shop', 'renamed', true],
    ['Secret', 'shop', 'a', false],
    ['Secret', 'shop', 'b', true],
    ['ConfigMap', 'shop', 'renamed', false],
    ['ConfigMap', 'shop', 'settings', true],
    ['Secret', 'shop', 'sealed', true],
    ['Secret', 'shop', 'other', false],
    ['Secret', 'shop', 'two', true],
    ['Secret', 'shop', 'shim-tls', true],
    ['Secret', 'shop', 'hand-tls', false],
    ['Secret', 'shop', 'web.orders.credentials.postgresql.acid.zalan.do', true],
    ['PersistentVolumeClaim', 'shop', 'data-db-0', true],
    ['PersistentVolumeClaim', 'shop', 'data-other-0', false],
    ['Secret', 'office', 'mirrored', true],
    ['Secret', 'office', 'moved', true],
    ['Secret', 'shop', 'moved', false],
  ])('%s %s/%s: %s', (kind, namespace, name, expected) => {
    expect(all.find(kind, namespace, name).length > 0).toBe(expected);
  });

  test('in a namespace', () => {
    expect(all.names('Secret', 'office')).toEqual(['mirrored', 'moved']);
    expect(all.hasAny('StatefulSet.apps', 'shop')).toBe(true);
    expect(all.hasAny('StatefulSet.apps', 'office')).toBe(false);
    expect(all.hasAny('Secret', 'anywhere')).toBe(true);
    expect(all.slip('Secret', 'shop', 'renamd')).toBe('renamed');
    expect(all.slip('Secret', 'office', 'renamd')).toBeUndefined();
  });
});

describe('keys', () => {
  const keysOf = (value: object) => {
    const [found] = products(value).find('Secret', 'shop', 'x');
    return found?.keys && [...found.keys];
  };
  const external = (spec: object) => object('external-secrets.io/v1', 'ExternalSecret', 'x', { spec });
  test.each<[string, object, string[] | undefined]>([
    ['a Secret', object('v1', 'Secret', 'x', { data: { a: '' }, stringData: { b: '' } }), ['a', 'b']],
    ['an empty one', object('v1', 'Secret', 'x', { data: {} }), undefined],
    [
      'one that is filled later',
      object('v1', 'Secret', 'x', { data: { a: '' } }, { 'replicator.v1.mittwald.de/replicate-from': 'b/c' }),
      undefined,
    ],
    ['an ExternalSecret', external({ data: [{ secretKey: 'a' }, { secretKey: 'b' }] }), ['a', 'b']],
    ['one with a template', external({ data: [{ secretKey: 'a' }], target: { template: {} } }), undefined],
    ['one that takes all', external({ data: [{ secretKey: 'a' }], dataFrom: [] }), undefined],
    [
      'a SealedSecret',
      object('bitnami.com/v1alpha1', 'SealedSecret', 'x', { spec: { encryptedData: { a: 'Ag' } } }),
      ['a'],
    ],
    ['nonsense', object('v1', 'Secret', 'x', { data: [1] }), undefined],
  ])('of %s', (_, value, expected) => {
    expect(keysOf(value)).toEqual(expected);
  });
});

test.each<[string, string, boolean]>([
  ['ConfigMap', 'kube-root-ca.crt', true],
  ['StorageClass.storage.k8s.io', 'managed-premium', true],
  ['StorageClass.storage.k8s.io', 'toString', false],
  ['toString', 'gp3', false],
])('%s %s comes with clusters: %s', (kind, name, expected) => {
  expect(isClusterProvided(kind, name)).toBe(expected);
});
