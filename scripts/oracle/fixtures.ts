import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findCharts, isValuesSet, isVendored } from '../../src/discover/helm.ts';
import { isKustomization } from '../../src/discover/kustomize.ts';
import { directoryOf } from '../../src/discover/path.ts';
import type { EngineFile } from '../../src/render/engine/protocol.ts';
import type { Outcome } from './ours.ts';

/** One rendering of a chart. */
export interface ChartCase {
  /** Directory of Chart.yaml, relative to the tree. */
  readonly chart: string;
  /** A values file of the chart, relative to the chart; `values.yaml` for the defaults alone. */
  readonly values: string;
}

/** The regular files below a directory, `.git` left out, sorted. */
export function readTree(root: string): EngineFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.git/'))
    .map((path) => ({ path: relative(root, path), bytes: readFileSync(path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every chart that is not vendored, with its defaults and with each of its values sets. */
export function chartCases(paths: readonly string[]): ChartCase[] {
  const charts = findCharts(paths);
  return [...charts]
    .filter((chart) => !isVendored(chart, charts))
    .sort()
    .flatMap((chart) => {
      const prefix = chart === '.' ? '' : `${chart}/`;
      const sets = paths
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length))
        .filter(isValuesSet);
      return ['values.yaml', ...sets.sort()].map((values) => ({ chart, values }));
    });
}

/** Every directory with a kustomization, bases and components too. */
export function overlayCases(paths: readonly string[]): string[] {
  return [...new Set(paths.filter(isKustomization).map(directoryOf))].sort();
}

/** The name of a golden file without its ending: that of the values file, or of the overlay. */
export function goldenOf(one: ChartCase | string): string {
  return typeof one === 'string'
    ? `overlays/${one}`
    : `charts/${one.chart}/${one.values.replace(/\.ya?ml$/, '')}`;
}

/** What the oracle makes of a fixture, by its golden file. */
export function readGolden(root: string, one: ChartCase | string): Outcome {
  const read = (ending: string) => {
    const file = join(root, '__fixtures__/golden', `${goldenOf(one)}${ending}`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const text = read('.yaml');
  return text === undefined ? { error: read('.error')?.replace(/\n$/, '') ?? 'no golden file' } : { text };
}
