import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';
import { discoverBuilds } from '../../src/discover/builds.ts';
import { openDirectory } from '../../src/files/disk.ts';
import { shippedEngine } from '../fixtures.ts';
import { generator } from '../random.ts';
import { inTurn, plantingsOf } from './plant.ts';
import { checkPlanting, constructOf, type Score, score } from './score.ts';

/** A changed line, as `file:line`, what was changed there, and how well the findings tell. */
interface Result {
  readonly place: string;
  readonly construct: string;
  readonly score: Score;
}

/** Fixtures in which every line is changed. */
const thorough = ['reads', 'subcharts', 'components', 'generators', 'helm-charts', 'replacements'];

/** Changes `each` lines in every chart or overlay of the fixtures, those that take effect. */
async function plantAll(kind: 'chart' | 'overlay', each: number): Promise<Result[]> {
  const random = generator(1);
  const results: Result[] = [];
  const root = `__fixtures__/${kind}s`;
  const directories = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of directories) {
    const directory = join(root, name);
    const read = (file: string) => readFileSync(join(directory, file), 'utf8');
    const tree = await openDirectory(directory);
    const { targets } = await discoverBuilds(tree, resolveSettings({}, { config: {} }, []));
    const target = targets.find((one) => one.kind === kind && (kind === 'overlay' || one.directory === '.'));
    if (target === undefined) continue;
    let left = thorough.includes(name) ? Infinity : each;
    for (const planting of inTurn(plantingsOf(target, read), random)) {
      if (left === 0) break;
      const { findings } = await checkPlanting(tree, planting, shippedEngine);
      if (findings.length === 0) continue;
      left--;
      results.push({
        place: `${directory}/${planting.file}:${planting.line}`,
        construct: constructOf(planting, findings, read),
        score: score(planting, findings, read),
      });
    }
  }
  return results;
}

/** What has to be among the lines that were changed. */
const constructs = {
  chart: [
    'template literal',
    'literal under if',
    'literal under range',
    'literal in define',
    'literal after default',
    "subchart's template literal",
    "subchart's values",
    'value over a subchart',
    'value over an alias',
    'value through field',
    'value through with',
    'value through range',
    'value through variable',
    'value through toYaml',
    'value through tpl',
    'value through printf',
    'value through ternary',
    'value through mergeOverwrite',
    'chart file',
    'appVersion',
    'crd',
  ],
  overlay: [
    'resource',
    'strategic merge',
    'op',
    "component's strategic merge",
    'generator',
    'generator file',
    'images',
    'replacements',
    'replicas',
    'labels',
    'commonAnnotations',
    'namePrefix',
    'helmCharts values',
    'helmCharts default',
  ],
};

describe.each([
  ['chart', 4],
  ['overlay', 3],
] as const)('a mark in one line (%s)', (kind, each) => {
  let results: Result[] = [];
  beforeAll(async () => {
    results = await plantAll(kind, each);
  }, 120_000);

  test('is put in every way in which a field gets its value', () => {
    expect(results.length).toBeGreaterThan(100);
    const tried = new Set(results.map(({ construct }) => construct));
    expect(constructs[kind].filter((construct) => !tried.has(construct))).toEqual([]);
  });

  test('is never said to be exactly in another line', () => {
    expect(results.filter((one) => one.score === 'wrong but exact')).toEqual([]);
  });

  test('is found there in 95 of 100 cases, and named among the related places in 98', () => {
    const others = results.filter((one) => one.score !== 'primary');
    const wrong = others.filter((one) => one.score !== 'related');
    if (others.length > 0.05 * results.length) expect(others).toEqual([]);
    if (wrong.length > 0.02 * results.length) expect(wrong).toEqual([]);
  });
});
