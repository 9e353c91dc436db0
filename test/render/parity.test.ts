import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { firstDifference, normalized } from '../../scripts/oracle/compare.ts';
import { chartCases, overlayCases, readGolden, readTree } from '../../scripts/oracle/fixtures.ts';
import { engineDay, type Outcome, ourChart, ourOverlay } from '../../scripts/oracle/ours.ts';
import { inProcessEngine } from '../../src/render/engine/in-process.ts';
import { loadModule } from '../../src/render/engine/load.ts';

/**
 * The fixtures are rendered as helm 4.1.4 and kubectl 1.35.2 render them; `npm run oracle` writes the golden files with
 * the real programs.
 */
const engine = inProcessEngine(await loadModule(pathToFileURL('dist/engine.wasm.br')));
afterAll(() => engine.close());

/** Inputs that are built without the part that would need the network or run a program, which kubectl tries. */
const partial = ['functions', 'remote'];

const charts = readTree('__fixtures__/charts');
const chartsCases = chartCases(charts.map(({ path }) => path));
const overlays = readTree('__fixtures__/overlays');
const overlaysCases = overlayCases(overlays.map(({ path }) => path));

function expectGolden(golden: Outcome, ours: Outcome) {
  if ('error' in golden) expect(ours).toEqual({ error: expect.any(String) });
  else if ('error' in ours) expect(ours).toEqual(golden);
  else {
    expect(firstDifference(golden.text, normalized(ours.text, engineDay))).toBeUndefined();
    expect(ours.defects).toEqual([]);
  }
}

describe('charts as helm renders them, with origins that point at equal bytes', () => {
  test('there are fixtures', () => expect(chartsCases.length).toBeGreaterThan(40));

  test.each(chartsCases)('$chart with $values', async (one) => {
    expectGolden(readGolden('.', one), await ourChart(engine, charts, one));
  });
});

test('a chart in the root of a repository', async () => {
  const one = { chart: '.', values: 'values.yaml' };
  const golden = readGolden('.', { chart: 'helpers', values: 'values.yaml' });
  expectGolden(golden, await ourChart(engine, readTree('__fixtures__/charts/helpers'), one));
});

test('a kustomization in the root of a repository', async () => {
  expectGolden(
    readGolden('.', 'levels/top'),
    await ourOverlay(engine, readTree('__fixtures__/overlays/levels'), 'top'),
  );
  expectGolden(
    readGolden('.', 'diamond'),
    await ourOverlay(engine, readTree('__fixtures__/overlays/diamond'), '.'),
  );
});

describe('kustomizations as kubectl builds them', () => {
  test('there are fixtures', () => expect(overlaysCases.length).toBeGreaterThan(60));

  test.each(overlaysCases.filter((root) => !partial.includes(root)))('%s', async (root) => {
    expectGolden(readGolden('.', root), await ourOverlay(engine, overlays, root));
  });

  test.each(partial)('%s in part', async (root) => {
    const ours = await ourOverlay(engine, overlays, root);
    expect(ours).toEqual(expect.objectContaining({ left: [expect.any(String)] }));
  });
});
