import { expect, test } from '@jest/globals';
import { immutableChanges } from '../../src/kubernetes/immutable.ts';
import { readObject } from '../../src/kubernetes/object.ts';

function changes(apiVersion: string, kind: string, before: object, after: object): string[] {
  const [was, is] = [before, after].map((fields) => readObject({ apiVersion, kind, ...fields }));
  if (was === undefined || is === undefined) throw new Error('no object');
  return immutableChanges(was, is).map(({ place, outcome }) => `${place.pointer} ${outcome}`);
}

const apps = 'apps/v1';
const storage = 'storage.k8s.io/v1';
const rbac = 'rbac.authorization.k8s.io/v1';
const claim = (fields: object) => ({
  spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, ...fields }] },
});
const requests = (size: string) => ({ spec: { resources: { requests: { storage: size } } } });
const job = (image: string, more: object = {}) => ({
  spec: { template: { spec: { containers: [{ name: 'a', image }] } }, ...more },
});

test.each([
  [
    apps,
    'DaemonSet',
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { spec: {} },
    ['/spec/selector refused'],
  ],
  [
    apps,
    'ReplicaSet',
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { spec: { selector: { matchLabels: { a: 'b' }, matchExpressions: [] } } },
    [],
  ],
  [
    apps,
    'StatefulSet',
    claim({}),
    claim({ metadata: { name: 'data', labels: { v: '2' } } }),
    ['/spec/volumeClaimTemplates/0/metadata/labels refused'],
  ],
  [apps, 'StatefulSet', claim({}), claim({ status: { phase: 'Pending' } }), []],
  [apps, 'StatefulSet', claim(requests('1Gi')), claim(requests('1024Mi')), []],
  [
    apps,
    'StatefulSet',
    claim(requests('1Gi')),
    { spec: { volumeClaimTemplates: [] } },
    ['/spec/volumeClaimTemplates refused'],
  ],
  [
    apps,
    'StatefulSet',
    { spec: { replicas: 1 } },
    { spec: { replicas: 2, minReadySeconds: 5, podManagementPolicy: 'Parallel' } },
    ['/spec/podManagementPolicy refused'],
  ],
  ['batch/v1', 'Job', job('a:1'), job('a:2'), ['/spec/template/spec/containers/0/image refused']],
  ['batch/v1', 'Job', job('a:1', { suspend: true }), job('a:2'), []],
  [
    'batch/v1',
    'Job',
    job('a:1', { completions: 1 }),
    job('a:1', { completions: 2 }),
    ['/spec/completions refused'],
  ],
  [
    'batch/v1',
    'Job',
    job('a:1', { completions: 1, completionMode: 'Indexed' }),
    job('a:1', { completions: 2, parallelism: 2, completionMode: 'Indexed' }),
    [],
  ],
  ['batch/v1', 'Job', job('a:1', { parallelism: 1 }), job('a:1', { parallelism: 2 }), []],
  ['v1', 'Service', { spec: {} }, { spec: { clusterIP: 'None' } }, ['/spec/clusterIP refused']],
  ['v1', 'Service', { spec: { clusterIP: 'None' } }, { spec: {} }, ['/spec/clusterIP ignored']],
  [
    'v1',
    'Service',
    { spec: { clusterIP: '10.0.0.1' } },
    { spec: { clusterIP: '10.0.0.2' } },
    ['/spec/clusterIP refused'],
  ],
  ['v1', 'Service', { spec: {} }, { spec: { clusterIP: '10.0.0.2' } }, []],
  ['v1', 'Service', { spec: { clusterIP: 'None' } }, { spec: { type: 'ExternalName' } }, []],
  ['v1', 'PersistentVolumeClaim', requests('1Gi'), requests('2Gi'), []],
  [
    'v1',
    'PersistentVolumeClaim',
    requests('2Gi'),
    requests('1Gi'),
    ['/spec/resources/requests/storage refused'],
  ],
  ['v1', 'PersistentVolumeClaim', { spec: { volumeName: '' } }, { spec: { volumeName: 'a' } }, []],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: { storageClassName: 'a' } },
    { spec: { storageClassName: '${CLASS}' } },
    [],
  ],
  [
    'v1',
    'PersistentVolume',
    { spec: { nfs: { server: 'a' } } },
    { spec: { csi: { driver: 'b' } } },
    ['/spec/csi refused'],
  ],
  [
    storage,
    'StorageClass',
    { provisioner: 'a' },
    { provisioner: 'b', volumeBindingMode: 'Immediate' },
    ['/provisioner refused'],
  ],
  [
    storage,
    'StorageClass',
    { allowVolumeExpansion: false },
    { allowVolumeExpansion: true, mountOptions: ['a'] },
    [],
  ],
  [
    rbac,
    'ClusterRoleBinding',
    { roleRef: { kind: 'ClusterRole', name: 'a' } },
    { roleRef: { kind: 'ClusterRole', name: 'b' } },
    ['/roleRef/name refused'],
  ],
  [
    'v1',
    'ConfigMap',
    { immutable: true, data: { a: '1' } },
    { immutable: true, data: { a: '1', b: '2' } },
    ['/data/b refused'],
  ],
  ['v1', 'ConfigMap', { immutable: true, data: { a: '1' } }, { data: { a: '1' } }, ['/immutable refused']],
  ['v1', 'ConfigMap', { data: { a: '1' } }, { immutable: true, data: { a: '2' } }, []],
  // Of a Secret not even the key that changed is told.
  [
    'v1',
    'Secret',
    { immutable: true, data: { a: 'MQ==' } },
    { immutable: true, data: { a: 'Mg==' } },
    ['/data refused'],
  ],
  ['v1', 'Secret', { immutable: true, data: { a: 'MQ==' } }, { immutable: true, stringData: { a: '1' } }, []],
  [
    'scheduling.k8s.io/v1',
    'PriorityClass',
    { value: 1, description: 'a' },
    { value: 1, description: 'b' },
    [],
  ],
  ['node.k8s.io/v1', 'RuntimeClass', { handler: 'runc' }, { handler: 'runsc' }, ['/handler refused']],
  ['v1', 'Pod', { spec: { hostNetwork: true } }, { spec: {} }, []],
])('%s %s %j → %j', (apiVersion, kind, before, after, expected) => {
  expect(changes(apiVersion, kind, before, after)).toEqual(expected);
});
