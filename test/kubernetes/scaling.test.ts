import { describe, expect, test } from '@jest/globals';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { autoscalerOf, readAutoscaler, replicasOf } from '../../src/kubernetes/scaling.ts';

function read(value: object): KubernetesObject {
  const object = readObject(value);
  if (object === undefined) throw new Error('no object');
  return object;
}

const deployment = (spec: object, namespace?: string) =>
  read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace }, spec });
const hpa = (spec: object, namespace?: string) =>
  read({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'scaler', namespace },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...spec },
  });
const scaled = (spec: object) =>
  read({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'scaler' },
    spec: { scaleTargetRef: { name: 'web' }, ...spec },
  });

describe('readAutoscaler', () => {
  test.each<[KubernetesObject, number | undefined, number | undefined]>([
    [hpa({ maxReplicas: 3 }), 1, 3],
    [hpa({ minReplicas: 2 }), 2, undefined],
    [hpa({ minReplicas: '${MINIMUM}', maxReplicas: 3 }), undefined, 3],
    [scaled({}), 0, 100],
    [scaled({ minReplicaCount: 1, maxReplicaCount: 5 }), 1, 5],
  ])('%#: from %j', (object, minimum, maximum) => {
    expect(readAutoscaler(object)).toEqual({
      object,
      target: { kind: 'Deployment', name: 'web' },
      minimum,
      maximum,
    });
  });

  test('of anything else there is none', () => {
    expect(readAutoscaler(deployment({}))).toBeUndefined();
  });
});

test.each<[string, string | undefined, string | undefined, boolean]>([
  ['the same namespace', 'shop', 'shop', true],
  ['another namespace', 'shop', 'office', false],
  ['a namespace that is not named', 'shop', undefined, true],
])('an autoscaler in %s', (_, own, other, found) => {
  const object = hpa({ maxReplicas: 3 }, other);
  const index = new ObjectIndex([object]);
  expect(autoscalerOf(deployment({}, own), index)?.object).toBe(found ? object : undefined);
});

describe('replicasOf', () => {
  test.each<[string, object, KubernetesObject[], object | undefined]>([
    ['by default', {}, [], { minimum: 1, maximum: 1 }],
    ['as written', { replicas: 3 }, [], { minimum: 3, maximum: 3 }],
    ['filled in later', { replicas: '${REPLICAS}' }, [], undefined],
    [
      'as the autoscaler says',
      { replicas: 3 },
      [hpa({ minReplicas: 2, maxReplicas: 5 })],
      { minimum: 2, maximum: 5 },
    ],
    ['as the autoscaler is told later', { replicas: 3 }, [hpa({ minReplicas: '${MINIMUM}' })], undefined],
  ])('%s', (_, spec, others, expected) => {
    expect(replicasOf(deployment(spec), new ObjectIndex(others))).toEqual(expected);
  });
});
