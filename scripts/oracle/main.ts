import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { inProcessEngine } from '../../src/render/engine/in-process.ts';
import { loadModule } from '../../src/render/engine/load.ts';
import type { EngineFile, RenderEngine } from '../../src/render/engine/protocol.ts';
import { firstDifference, normalized } from './compare.ts';
import { type ChartCase, chartCases, goldenOf, overlayCases, readGolden, readTree } from './fixtures.ts';
import { engineDay, type Outcome, ourChart, ourOverlay } from './ours.ts';
import { binaries, Oracle } from './theirs.ts';

const results = [
  'equal',
  'both fail',
  'differ',
  'only ours fails',
  'only the oracle fails',
  'left out by design',
  'wrong origins',
  'golden is stale',
] as const;
type Result = (typeof results)[number];
const acceptable: readonly Result[] = ['equal', 'both fail', 'left out by design'];

/** A tree of files and how its charts or kustomizations are rendered by both. */
interface Corpus {
  readonly tree: string;
  readonly digest: string;
  readonly files: readonly EngineFile[];
  readonly cases: readonly (ChartCase | string)[];
}

/**
 * @returns The exit code: 0 when every chart and kustomization is as the oracle has it.
 */
export async function main(
  args: readonly string[],
  { root, scratch }: { root: string; scratch: string },
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      write: { type: 'boolean', default: false },
      charts: { type: 'string', multiple: true, default: [] },
      kustomizations: { type: 'string', multiple: true, default: [] },
      helm: { type: 'string', default: '4.1.4' },
      only: { type: 'string', default: '' },
    },
  });
  const oracle = new Oracle(await binaries(values.helm), scratch);
  const fixtures = values.charts.length + values.kustomizations.length === 0;
  const corpora = fixtures
    ? [
        corpus(join(root, '__fixtures__/charts'), chartCases),
        corpus(join(root, '__fixtures__/overlays'), overlayCases),
      ]
    : [
        ...values.charts.map((tree) => corpus(tree, chartCases)),
        ...values.kustomizations.map((tree) => corpus(tree, overlayCases)),
      ];
  if (values.write) {
    if (!fixtures) throw new Error('--write is for the fixtures alone');
    const directory = join(root, '__fixtures__/golden');
    rmSync(directory, { recursive: true, force: true });
    for (const one of corpora)
      for (const it of one.cases) writeGolden(directory, it, await theirs(oracle, one, it));
    return 0;
  }

  const engine = inProcessEngine(await loadModule(pathToFileURL(join(root, 'dist/engine.wasm.br'))));
  const totals = new Map<Result, number>(results.map((result) => [result, 0]));
  for (const one of corpora) {
    for (const it of one.cases.filter((it) => goldenOf(it).includes(values.only))) {
      const expected = await theirs(oracle, one, it);
      const golden = fixtures ? readGolden(root, it) : expected;
      const [result, detail] =
        JSON.stringify(golden) === JSON.stringify(expected)
          ? judged(expected, await ours(engine, one, it))
          : (['golden is stale', ''] as const);
      totals.set(result, (totals.get(result) ?? 0) + 1);
      if (result !== 'equal') console.log(`${result}: ${one.tree} ${name(it)}${detail}`);
    }
  }
  for (const [result, count] of totals) console.log(`${String(count).padStart(6)} ${result}`);
  return [...totals].some(([result, count]) => count > 0 && !acceptable.includes(result)) ? 1 : 0;
}

function corpus(
  directory: string,
  find: (paths: readonly string[]) => readonly (ChartCase | string)[],
): Corpus {
  const tree = resolve(directory);
  const files = readTree(tree);
  const hash = createHash('sha256');
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return { tree, digest: hash.digest('hex'), files, cases: find(files.map(({ path }) => path)) };
}

function theirs(oracle: Oracle, { tree, digest }: Corpus, one: ChartCase | string): Promise<Outcome> {
  return typeof one === 'string' ? oracle.overlay(tree, one, digest) : oracle.chart(tree, one, digest);
}

function ours(engine: RenderEngine, { files }: Corpus, one: ChartCase | string): Promise<Outcome> {
  return typeof one === 'string' ? ourOverlay(engine, files, one) : ourChart(engine, files, one);
}

function judged(theirs: Outcome, ours: Outcome): readonly [Result, string] {
  if ('error' in theirs && 'error' in ours)
    return ['both fail', lines({ oracle: theirs.error, ours: ours.error })];
  if ('error' in ours) return ['only ours fails', lines({ ours: ours.error })];
  if (ours.left !== undefined && ours.left.length > 0)
    return ['left out by design', lines({ left: ours.left.join(', ') })];
  if ('error' in theirs) return ['only the oracle fails', lines({ oracle: theirs.error })];
  const difference = firstDifference(theirs.text, normalized(ours.text, engineDay));
  if (difference !== undefined) {
    const { line, expected, actual } = difference;
    return [
      'differ',
      lines({ line: String(line), oracle: JSON.stringify(expected), ours: JSON.stringify(actual) }),
    ];
  }
  if (ours.defects !== undefined && ours.defects.length > 0)
    return ['wrong origins', lines({ why: ours.defects.join('\n') })];
  return ['equal', ''];
}

function lines(details: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(details)
    .map(([title, text = 'nothing']) => `\n    ${title}: ${text.slice(0, 400).replaceAll('\n', '\n      ')}`)
    .join('');
}

function name(one: ChartCase | string): string {
  return typeof one === 'string' ? one : `${one.chart} ${one.values}`;
}

function writeGolden(directory: string, one: ChartCase | string, outcome: Outcome): void {
  const file = join(directory, goldenOf(one));
  mkdirSync(dirname(file), { recursive: true });
  if ('text' in outcome) writeFileSync(`${file}.yaml`, outcome.text);
  else writeFileSync(`${file}.error`, `${outcome.error}\n`);
}
