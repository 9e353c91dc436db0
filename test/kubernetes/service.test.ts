import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { labelsAt } from '../../src/kubernetes/selector.ts';
import { isForController, podsOf, unservedPorts } from '../../src/kubernetes/service.ts';
import { podOf } from '../../src/kubernetes/workload.ts';

const index = (...values: object[]) => new ObjectIndex(values.flatMap((value) => readObject(value) ?? []));
const labels = (value: object) => labelsAt(new Field(value));
const pod = (name: string, own: object, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: own, namespace },
  spec: { containers: [] },
});

describe('podsOf', () => {
  const pods = podsOf(
    index(
      pod('a', { app: 'web', tier: 'front' }, 'shop'),
      pod('b', { app: 'web', tier: 'front' }, 'warehouse'),
      pod('c', { app: 'api', tier: 'front' }),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { labels: { app: 'd' } },
        spec: { template: { metadata: { labels: { app: 'e' } } } },
      },
    ),
  );
  test.each<[object, string | undefined, number]>([
    [{ app: 'web' }, 'shop', 1],
    [{ app: 'web' }, undefined, 2],
    [{ app: 'api' }, 'shop', 1],
    [{ tier: 'front' }, 'shop', 2],
    [{ tier: 'front', app: 'web' }, 'shop', 1],
    [{ tier: 'front', app: 'gone' }, 'shop', 0],
    // Labels of the template count, those of the workload do not, and it needs no PodSpec.
    [{ app: 'e' }, 'shop', 1],
    [{ app: 'd' }, 'shop', 0],
  ])('%j in %s', (selector, namespace, count) => {
    expect(pods.selectedBy(labels(selector), namespace)).toHaveLength(count);
  });

  test('an index makes them once', () => {
    const one = index(pod('a', {}));
    expect(one.derived(podsOf)).toBe(one.derived(podsOf));
  });
});

describe('isForController', () => {
  const target = index(
    pod('a', { app: 'web', 'example.com/part': 'x' }, 'shop'),
    { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'orders', namespace: 'shop' } },
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'front', namespace: 'shop' } },
  );
  const repository = index({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'redis', namespace: 'flux-system' },
  });
  test.each<[object, string, boolean]>([
    [{ app: 'wep' }, 'shop', false],
    [{ db: 'orders' }, 'shop', true],
    [{ db: 'orders-primary' }, 'shop', true],
    [{ db: 'ordersystem' }, 'shop', false],
    [{ db: 'orders' }, 'warehouse', false],
    [{ app: 'front' }, 'shop', false],
    [{ 'app.kubernetes.io/instance': 'redis' }, 'shop', true],
    [{ 'app.kubernetes.io/name': 'gone' }, 'shop', false],
    [{ 'strimzi.io/cluster': 'gone' }, 'shop', true],
    [{ 'example.com/part': 'y' }, 'shop', false],
    [{ component: 'kube-scheduler' }, 'kube-system', true],
  ])('%j in %s', (selector, namespace, expected) => {
    const inSight = podsOf(index(pod('a', { app: 'web', 'example.com/part': 'x' }, 'shop')));
    expect(isForController(labels(selector), inSight, namespace, { target, repository })).toBe(expected);
  });
});

describe('unservedPorts', () => {
  const containers = [
    {
      ports: [
        { name: 'http', containerPort: 8080 },
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
      ],
    },
  ];
  const unserved = (service: unknown, spec: object = { containers }) => {
    const object = readObject({ apiVersion: 'v1', kind: 'Pod', spec });
    const own = object && podOf(object);
    return unservedPorts(new Field(service), own ? [own] : []).map(({ place }) => place.pointer);
  };
  test.each<[string, unknown, string[]]>([
    ['a name', { ports: [{ port: 80, targetPort: 'http' }] }, []],
    ['a name that is not there', { ports: [{ port: 80, targetPort: 'web' }] }, ['/ports/0/targetPort']],
    ['a name of another protocol', { ports: [{ port: 80, targetPort: 'dns' }] }, ['/ports/0/targetPort']],
    ['a name, with its protocol', { ports: [{ port: 80, targetPort: 'dns', protocol: 'UDP' }] }, []],
    ['a number', { ports: [{ port: 80, targetPort: 8080 }] }, []],
    ['a number that is not declared', { ports: [{ port: 80, targetPort: 8000 }] }, ['/ports/0/targetPort']],
    ['no target, so the port', { ports: [{ port: 80 }] }, ['/ports/0/port']],
    ['a number beside one that is declared', { ports: [{ port: 8080 }, { port: 9090 }] }, []],
    ['a headless Service', { clusterIP: 'None', ports: [{ port: 80, targetPort: 'web' }] }, []],
    ['a number in quotes', { ports: [{ port: 80, targetPort: '8000' }] }, []],
    ['nonsense', { ports: [null, 'x', { targetPort: {} }] }, []],
  ])('%s', (_, service, expected) => {
    expect(unserved(service)).toEqual(expected);
  });

  test('numbers are not judged when no container declares ports', () => {
    expect(unserved({ ports: [{ port: 80 }] }, { containers: [{}] })).toEqual([]);
  });

  test('ports of init containers do not serve, those of sidecars do', () => {
    const service = { ports: [{ port: 80, targetPort: 'http' }] };
    const [one] = containers;
    expect(unserved(service, { initContainers: [one] })).toEqual(['/ports/0/targetPort']);
    expect(unserved(service, { initContainers: [{ ...one, restartPolicy: 'Always' }] })).toEqual([]);
  });
});
