import { expect, test } from '@jest/globals';
import { chartOfTemplate, findCharts } from '../../src/discover/helm.ts';

const charts = findCharts(['charts/web/Chart.yaml', 'charts/web/charts/db/Chart.yaml', 'lib/MyChart.yaml']);

test.each([
  ['charts/web/templates/a.yaml', 'charts/web'],
  ['charts/web/templates/sub/_helpers.tpl', 'charts/web'],
  ['charts/web/charts/db/templates/a.yaml', 'charts/web/charts/db'],
  ['charts/web/crds/a.yaml', undefined],
  ['charts/web/values.yaml', undefined],
  ['charts/web/mytemplates/a.yaml', undefined],
  ['lib/templates/a.yaml', undefined],
  ['templates/a.yaml', undefined],
])('%s is a template of %s', (path, expected) => {
  expect(chartOfTemplate(path, charts)).toBe(expected);
});

test('a chart in the root', () => {
  expect(chartOfTemplate('templates/a.yaml', findCharts(['Chart.yaml']))).toBe('.');
});
