import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { claimsOf, isForOneNode } from '../../src/kubernetes/volume-claim.ts';
import { podOf } from '../../src/kubernetes/workload.ts';

function read(value: object): KubernetesObject {
  const object = readObject({ apiVersion: 'v1', ...value });
  if (object === undefined) throw new Error('no object');
  return object;
}

const claim = (namespace?: string) =>
  read({ kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace } });

describe('claimsOf', () => {
  const pod = podOf(
    read({
      kind: 'Pod',
      spec: {
        volumes: [
          { emptyDir: {} },
          { persistentVolumeClaim: { claimName: 'data' } },
          { persistentVolumeClaim: { claimName: 7 } },
        ],
      },
    }),
  );
  const shop = claim('shop');
  const loose = claim();

  test.each<
    [string, string | undefined, KubernetesObject[], KubernetesObject[], KubernetesObject | undefined]
  >([
    ['of the namespace', 'shop', [claim('office'), shop], [], shop],
    ['that names no namespace', 'shop', [loose], [], loose],
    ['for a pod that names none', undefined, [shop], [], shop],
    ['of the namespace elsewhere', 'shop', [], [shop], shop],
    ['that names no namespace elsewhere', 'shop', [], [loose], undefined],
    ['elsewhere for a pod that names none', undefined, [], [loose], undefined],
  ])('the claim %s', (_, namespace, near, far, expected) => {
    if (pod === undefined) throw new Error('no pod');
    const found = claimsOf(pod, namespace, {
      target: new ObjectIndex(near),
      environment: new ObjectIndex([...near, ...far]),
    });
    expect(found.map(({ name, place, claim: one }) => [name, place.pointer, one])).toEqual([
      ['data', '/spec/volumes/1/persistentVolumeClaim/claimName', expected],
    ]);
  });
});

test.each<[unknown, boolean]>([
  [['ReadWriteOnce'], true],
  [['ReadWriteOncePod'], true],
  [['ReadWriteOnce', 'ReadWriteMany'], false],
  [['ReadOnlyMany'], false],
  [[], false],
  ['ReadWriteOnce', false],
])('%j is for one node: %s', (accessModes, expected) => {
  expect(isForOneNode(new Field({ spec: { accessModes } }))).toBe(expected);
});
