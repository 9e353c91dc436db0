import { expect, test } from '@jest/globals';
import { environmentOf } from '../../src/discover/environment.ts';

const base = { complete: true, files: [] };

test.each([
  ['apps/shop/overlays/prod', 'production'],
  ['apps/shop/overlays/eu-west', 'eu-west'],
  ['clusters/home/apps', 'home'],
  ['env/common', undefined],
  ['deploy/staging', 'staging'],
  ['deploy/prod-eu/shop', 'production'],
  ['production/qa', 'test'],
  ['apps/shop', undefined],
  ['products/live-chat', undefined],
  ['charts/test-app', undefined],
  ['test/app', 'test'],
  ['.', undefined],
])('the environment of %s is %s', (name, expected) => {
  expect(environmentOf({ ...base, kind: 'manifests', name })).toBe(expected);
});

test('what the config says wins over the path', () => {
  const overlay = {
    ...base,
    kind: 'overlay',
    name: 'overlays/dev',
    directory: 'overlays/dev',
    remotes: {},
  } as const;
  expect(environmentOf({ ...overlay, environment: 'Prod' })).toBe('production');
});

test('a values file tells the environment of a chart', () => {
  const chart = { ...base, kind: 'chart', name: 'charts/shop', directory: 'charts/shop' } as const;
  expect(environmentOf({ ...chart, values: [] })).toBeUndefined();
  expect(environmentOf({ ...chart, values: [{ file: 'charts/shop/values-staging.yaml' }] })).toBe('staging');
});
