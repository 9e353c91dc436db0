import { describe, expect, test } from '@jest/globals';
import { findOverlays, isKustomization, readKustomization } from '../../src/discover/kustomize.ts';
import { SourceReader } from '../../src/discover/source-file.ts';

const read = (path: string, text: string, remotes = {}) =>
  readKustomization(new SourceReader().read(path, text), remotes);

describe('what a kustomization in apps/web refers to', () => {
  test.each<[string, string[]]>([
    [
      'resources: [pod.yaml, ./sub/b.yaml, ../base/, ../../c.yaml]',
      ['apps/web/pod.yaml', 'apps/web/sub/b.yaml', 'apps/base', 'c.yaml'],
    ],
    ['bases: [../base]\ncomponents: [../tls]', ['apps/base', 'apps/tls']],
    ['patches: [{path: p.yaml}, {patch: "- op: add"}]', ['apps/web/p.yaml']],
    ['patchesStrategicMerge: [p.yaml, "a: 1\\nb: 2"]', ['apps/web/p.yaml']],
    [
      'patchesJson6902: [{path: j.json}]\nreplacements: [{path: r.yaml}]',
      ['apps/web/j.json', 'apps/web/r.yaml'],
    ],
    [
      'configMapGenerator: [{files: [a.txt, key=b.yaml], envs: [c.env], env: d.env}]',
      ['apps/web/a.txt', 'apps/web/b.yaml', 'apps/web/c.env', 'apps/web/d.env'],
    ],
    ['secretGenerator: [{files: [s.yaml]}]\nopenapi: {path: o.json}', ['apps/web/s.yaml', 'apps/web/o.json']],
    [
      'helmCharts: [{valuesFile: v.yaml, additionalValuesFiles: [w.yaml]}]',
      ['apps/web/v.yaml', 'apps/web/w.yaml'],
    ],
    ['resources: [../../../out.yaml, /etc/passwd]', []],
    ['resources: ["https://example.com/a"]', ['vendor/a']],
    ['resources: pod.yaml\npatches: 3\nconfigMapGenerator: [null]', []],
    ['[]', []],
  ])('%j', (text, expected) => {
    const found = read('apps/web/kustomization.yaml', text, { 'https://example.com/a': 'vendor/a' });
    expect(found?.references.map(({ path }) => path)).toEqual(expected);
  });

  test('each reference knows where it is written', () => {
    const found = read('kustomization.yaml', 'resources: [a.yaml]\npatches: [{}, {path: b.yaml}]');
    expect(found?.references).toEqual([
      { pointer: ['resources', 0], path: 'a.yaml' },
      { pointer: ['patches', 1, 'path'], path: 'b.yaml' },
    ]);
  });

  test.each([
    ['helmCharts: [{name: db}]', ['apps/web/charts/db']],
    [
      'helmCharts: [{name: db, version: 1.2.3}]\nhelmGlobals: {chartHome: ../../charts}',
      ['charts/db', 'charts/db-1.2.3/db'],
    ],
    ['helmChartInflationGenerator: [{chartName: db, chartHome: ./home}]', ['apps/web/home/db']],
  ])('charts of %j', (text, expected) => {
    expect(read('apps/web/kustomization.yaml', text)?.charts).toEqual(expected);
  });

  test.each([
    ['apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization', true],
    ['resources: []', true],
    ['apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization', false],
  ])('%j is one: %s', (text, expected) => {
    expect(read('kustomization.yaml', text) !== undefined).toBe(expected);
  });
});

describe('overlays', () => {
  const component = 'kind: Component';
  /** Directories that are built, and components that nobody uses. */
  function overlays(texts: Readonly<Record<string, string>>, wanted = (_: string) => true) {
    const found = Object.entries(texts).flatMap(
      ([directory, text]) => read(`${directory}/kustomization.yaml`, text) ?? [],
    );
    return findOverlays(
      found,
      (path) => path.endsWith('.yaml'),
      (chart) => [`${chart}/Chart.yaml`],
      ({ directory }) => wanted(directory),
    );
  }

  test.each<[string, Readonly<Record<string, string>>, string[], string[]]>([
    ['an overlay of a base', { base: '', prod: 'resources: [../base]' }, ['prod'], []],
    ['a base that nobody uses', { base: '' }, ['base'], []],
    [
      'bases through bases, by two ways',
      {
        a: 'resources: [../b, ../c]',
        b: 'resources: [../d]',
        c: 'resources: [../d]',
        d: '',
      },
      ['a'],
      [],
    ],
    ['a circle', { a: 'resources: [../b]', b: 'resources: [../a]' }, ['a'], []],
    ['one that uses itself', { a: 'resources: [../a]' }, ['a'], []],
    ['a component in use', { tls: component, prod: 'components: [../tls]' }, ['prod'], []],
    ['a component that nobody uses', { tls: component }, [], ['tls']],
    [
      'a base of a component that nobody uses',
      { tls: `${component}\nresources: [../base]`, base: '' },
      ['base'],
      ['tls'],
    ],
    ['transformers in a directory', { t: '', prod: 'transformers: [../t]' }, ['prod'], []],
  ])('%s', (_, texts, roots, unused) => {
    const found = overlays(texts);
    expect(found.roots).toEqual(roots);
    expect(found.unused).toEqual(unused);
  });

  test('the base of one that is not wanted is built by itself', () => {
    const found = overlays({ base: '', prod: 'resources: [../base]' }, (directory) => directory !== 'prod');
    expect(found.roots).toEqual(['base']);
  });

  test('a wanted one may use one that is not', () => {
    const found = overlays({ base: '', prod: 'resources: [../base]' }, (directory) => directory !== 'base');
    expect(found.roots).toEqual(['prod']);
    expect(found.filesOf('prod')).toEqual(['base/kustomization.yaml', 'prod/kustomization.yaml']);
  });

  test('all files, also of the charts and of circles', () => {
    const found = overlays({
      base: 'resources: [a.yaml, ../prod, notes.txt]',
      prod: 'resources: [../base]\npatches: [{path: p.yaml}]\nhelmCharts: [{name: db}]',
    });
    expect(found.filesOf('prod')).toEqual([
      'base/a.yaml',
      'base/kustomization.yaml',
      'prod/charts/db/Chart.yaml',
      'prod/kustomization.yaml',
      'prod/p.yaml',
    ]);
    expect(found.filesOf('elsewhere')).toEqual([]);
  });
});

test.each([
  ['a/kustomization.yaml', true],
  ['kustomization.yml', true],
  ['a/Kustomization', true],
  ['a/my-kustomization.yaml', false],
  ['a/kustomization.yaml/b.yaml', false],
])('%s: %s', (path, expected) => {
  expect(isKustomization(path)).toBe(expected);
});
