import { describe, expect, test } from '@jest/globals';
import { hasDefault, hasPodLevel, valueAt } from '../../src/kubernetes/compute-resources.ts';
import { Field } from '../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';

function read(value: object): KubernetesObject {
  const object = readObject({ apiVersion: 'v1', ...value });
  if (object === undefined) throw new Error('no object');
  return object;
}

test.each<[object, 'limits' | 'requests', unknown]>([
  [{ requests: { memory: '1Gi' }, limits: { memory: '2Gi' } }, 'requests', '1Gi'],
  [{ requests: { memory: '1Gi' }, limits: { memory: '2Gi' } }, 'limits', '2Gi'],
  [{ limits: { memory: '2Gi' } }, 'requests', '2Gi'],
  [{ requests: { memory: '1Gi' } }, 'limits', undefined],
  [{}, 'requests', undefined],
])('of %j the %s are %s', (resources, what, expected) => {
  expect(valueAt(new Field({ resources }), what, 'memory').value).toBe(expected);
});

test.each<[number, object, boolean]>([
  [34, { limits: { memory: '1Gi' } }, true],
  [33, { limits: { memory: '1Gi' } }, false],
  [34, { requests: { memory: '1Gi' } }, false],
  [34, { limits: { cpu: 1 } }, false],
])('1.%i with %j of the pod', (minor, resources, expected) => {
  const pod = { metadata: new Field({}), spec: new Field({ resources }) };
  expect(hasPodLevel(pod, 'limits', 'memory', minor)).toBe(expected);
});

describe('hasDefault', () => {
  const range = (limit: object, namespace?: string) =>
    read({ kind: 'LimitRange', metadata: { namespace }, spec: { limits: [limit] } });
  const has = (
    limit: object,
    what: 'limits' | 'requests',
    namespace: string | undefined,
    where: 'target' | 'repository',
  ) => {
    const index = new ObjectIndex([range(limit, namespace)]);
    const empty = new ObjectIndex([]);
    const target = where === 'target' ? index : empty;
    const pod = read({ kind: 'Pod', metadata: { namespace } });
    return hasDefault(pod, { target, repository: index }, what, 'memory');
  };
  const memory = { memory: '1Gi' };

  test.each<[object, boolean, boolean]>([
    [{ type: 'Container', default: memory }, true, true],
    [{ type: 'Container', max: memory }, true, true],
    [{ type: 'Container', defaultRequest: memory }, false, true],
    [{ type: 'Container', min: memory }, false, true],
    [{ type: 'Container', default: { cpu: 1 } }, false, false],
    [{ type: 'Pod', max: memory }, false, false],
  ])('%j gives a limit: %s, a request: %s', (limit, limits, requests) => {
    expect([has(limit, 'limits', 'shop', 'target'), has(limit, 'requests', 'shop', 'target')]).toEqual([
      limits,
      requests,
    ]);
  });

  test('elsewhere counts only for a namespace that is named', () => {
    const limit = { type: 'Container', default: memory };
    expect(has(limit, 'limits', 'shop', 'repository')).toBe(true);
    expect(has(limit, 'limits', undefined, 'repository')).toBe(false);
    expect(has(limit, 'limits', undefined, 'target')).toBe(true);
  });
});
