import { expect, test } from '@jest/globals';
import type { Target } from '../../src/discover/target.ts';
import { type Reach, whereFound } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { inventories } from '../../src/render/inventories.ts';
import type { Manifest } from '../../src/render/manifest.ts';
import type { RenderedTarget } from '../../src/render/rendering.ts';

function rendered(target: Target, name: string): RenderedTarget {
  return { target, manifests: [configMap(target, name)], problems: [], complete: true, read: target.files };
}

function configMap(target: Target, name: string): Manifest {
  const object = readObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  if (object === undefined) throw new Error('no object');
  return { ...object, target, file: 'a.yaml', originsOf: () => [] };
}

const overlay = (directory: string, ...files: string[]): Target => ({
  kind: 'overlay',
  name: directory,
  directory,
  complete: true,
  files: [`${directory}/kustomization.yaml`, ...files],
  remotes: {},
});
const plain = (name: string): Target => ({
  kind: 'manifests',
  name,
  complete: true,
  files: [`${name}/a.yaml`],
});
const chart = (values?: string): Target => ({
  kind: 'chart',
  name: `charts/shop ${values}`,
  directory: 'charts/shop',
  complete: true,
  files: [],
  values: values === undefined ? [] : [{ file: values }],
});

/** How near each target is to the first, by the names of their objects. */
function reach(targets: readonly Target[], unchecked: readonly Manifest[] = []): (Reach | undefined)[] {
  const all = targets.map((target, index) => rendered(target, `object-${index}`));
  const [first] = all;
  const manifest = first?.manifests[0];
  if (manifest === undefined) throw new Error('no target');
  const inventory = inventories(all, unchecked)(manifest);
  return targets.map((_, index) =>
    whereFound(inventory, (one) => one.find('ConfigMap', undefined, `object-${index}`).length > 0),
  );
}

test.each<[string, readonly Target[], readonly Reach[]]>([
  ['plain directories', [plain('a'), plain('b')], ['target', 'environment']],
  [
    'another environment',
    [plain('dev/a'), plain('prod/a'), plain('dev/b'), plain('shared')],
    ['target', 'repository', 'environment', 'environment'],
  ],
  [
    'overlays of one base',
    [overlay('a/x', 'a/base/app.yaml'), overlay('a/y', 'a/base/app.yaml'), overlay('b/x')],
    ['target', 'repository', 'environment'],
  ],
  [
    'two environments of one base',
    [
      overlay('a/overlays/dev', 'a/base/app.yaml'),
      overlay('a/overlays/prod', 'a/base/app.yaml'),
      plain('dev/other'),
    ],
    ['target', 'repository', 'environment'],
  ],
])('%s', (_, targets, expected) => {
  expect(reach(targets)).toEqual(expected);
});

test('one of several values sets stands for the chart, and sets do not see one another', () => {
  const sets = [chart(), chart('charts/shop/values-a.yaml')];
  expect(reach([plain('a'), ...sets])).toEqual(['target', 'environment', undefined]);
  expect(reach(sets.toReversed())).toEqual(['target', undefined]);
});

test('what could not be built is in the repository alone', () => {
  const first = rendered(plain('a'), 'own');
  const lost = configMap(plain('b'), 'lost');
  const [manifest] = first.manifests;
  if (manifest === undefined) throw new Error('no object');
  const inventory = inventories([first], [lost])(manifest);
  expect(whereFound(inventory, (one) => one.find('ConfigMap', undefined, 'lost').length > 0)).toBe(
    'repository',
  );
});
