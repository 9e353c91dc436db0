import { expect, test } from '@jest/globals';
import { budgetedPods, budgetsByPods } from '../../src/kubernetes/disruption-budget.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';

function read(value: object): KubernetesObject {
  const object = readObject(value);
  if (object === undefined) throw new Error('no object');
  return object;
}

const pod = (name: string, labels: object, namespace = 'shop') =>
  read({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels, namespace }, spec: {} });
const budget = (name: string, spec: object) =>
  read({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    spec,
  });
const pods = [
  pod('web', { app: 'web', tier: 'front' }),
  pod('api', { app: 'api', tier: 'back' }),
  pod('far', { app: 'web' }, 'office'),
];

test.each<[object, string[]]>([
  [{ selector: { matchLabels: { app: 'web' } } }, ['web']],
  [{ selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }, ['web', 'api']],
  [{ selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] } }, []],
  [{ selector: {} }, ['web', 'api']],
  [{}, []],
])('%j is for %j', (spec, expected) => {
  const found = budgetedPods(budget('one', spec), new ObjectIndex(pods));
  expect(found.map(({ object }) => object.name)).toEqual(expected);
});

test('all budgets of the same pods', () => {
  const all = [
    budget('one', { selector: { matchLabels: { app: 'web' } } }),
    budget('two', { selector: { matchLabels: { tier: 'front' } } }),
    budget('three', { selector: { matchLabels: { app: 'api' } } }),
  ];
  const found = budgetsByPods(new ObjectIndex([...pods, ...all]));
  expect([...found].map(([{ object }, budgets]) => [object.name, budgets.map(({ name }) => name)])).toEqual([
    ['web', ['one', 'two']],
    ['api', ['three']],
  ]);
});
