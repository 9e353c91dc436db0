import { expect, test } from '@jest/globals';
import { chartsNamedBy } from '../../src/kubernetes/chart-source.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { projectKinds, projectObject } from '../../src/kubernetes/project-file.ts';

const repository = new ObjectIndex(
  [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmRepository',
      metadata: { name: 'charts', namespace: 'flux-system' },
      spec: { url: 'https://charts.example.com' },
    },
  ].flatMap((value) => readObject(value) ?? []),
);
const url = 'https://charts.example.com';

const flux = (sourceRef: object) => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { namespace: 'shop' },
  spec: { chart: { spec: { chart: 'web', sourceRef } } },
});

test.each<[string, string | undefined, object, [string, string, string | undefined][]]>([
  [
    'dependencies',
    projectKinds.chart,
    {
      dependencies: [
        { name: 'web', repository: url },
        { name: 'own', repository: 'file://../own' },
        { name: 'named', repository: '@stable' },
      ],
    },
    [
      ['web', '/dependencies/0/name', url],
      ['named', '/dependencies/2/name', undefined],
    ],
  ],
  [
    'charts of a kustomization',
    projectKinds.kustomization,
    { helmCharts: [{ name: 'web', repo: url }, { name: 'own' }] },
    [['web', '/helmCharts/0/name', url]],
  ],
  [
    'an Application',
    undefined,
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      spec: {
        sources: [
          { chart: 'web', repoURL: url },
          { path: 'apps', repoURL: url },
        ],
      },
    },
    [['web', '/spec/sources/0/chart', url]],
  ],
  [
    'a HelmRelease',
    undefined,
    flux({ kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' }),
    [['web', '/spec/chart/spec/chart', url]],
  ],
  [
    'a HelmRelease of a repository that is not in sight',
    undefined,
    flux({ kind: 'HelmRepository', name: 'charts' }),
    [['web', '/spec/chart/spec/chart', undefined]],
  ],
  ['a HelmRelease of a chart in Git', undefined, flux({ kind: 'GitRepository', name: 'charts' }), []],
  ['other objects', undefined, { apiVersion: 'v1', kind: 'ConfigMap', spec: { chart: 'web' } }, []],
])('%s', (_, kind, value, expected) => {
  const object = kind === undefined ? readObject(value) : projectObject(kind, value, 'x');
  if (object === undefined) throw new Error('no object');
  const charts = chartsNamedBy(object, { target: new ObjectIndex([]), repository });
  expect(charts.map(({ name, place, repository: at }) => [name, place.pointer, at])).toEqual(expected);
});
