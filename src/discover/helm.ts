import { append } from '../group-by.ts';
import { Field } from '../kubernetes/field.ts';
import { baseName, directoryOf, resolveIn } from './path.ts';
import type { SourceFile } from './source-file.ts';

/** Directories of the charts among these paths. */
export function findCharts(paths: Iterable<string>): ReadonlySet<string> {
  const charts = new Set<string>();
  for (const path of paths) if (isChart(path)) charts.add(directoryOf(path));
  return charts;
}

/** Whether a file makes its directory a chart. */
export function isChart(path: string): boolean {
  return baseName(path) === 'Chart.yaml';
}

/** The chart whose `templates/` a file is below; undefined for other files. */
export function chartOfTemplate(path: string, charts: ReadonlySet<string>): string | undefined {
  return chartAbove(path, 'templates/', charts);
}

/** The chart of which a file is a template, a CRD or part of a vendored subchart; undefined for other files. */
export function chartOfPart(path: string, charts: ReadonlySet<string>): string | undefined {
  for (const folder of ['charts/', 'templates/', 'crds/']) {
    const chart = chartAbove(path, folder, charts);
    if (chart !== undefined) return chart;
  }
  return undefined;
}

/** Whether a chart lies below the `charts/` of another. */
export function isVendored(chart: string, charts: ReadonlySet<string>): boolean {
  return chartAbove(chart, 'charts/', charts) !== undefined;
}

/** The outermost chart that has a file below one of its folders. */
function chartAbove(path: string, folder: string, charts: ReadonlySet<string>): string | undefined {
  for (let at = path.indexOf(folder); at >= 0; at = path.indexOf(folder, at + 1)) {
    const chart = at === 0 ? '.' : path[at - 1] === '/' ? path.slice(0, at - 1) : undefined;
    if (chart !== undefined && charts.has(chart)) return chart;
  }
  return undefined;
}

/**
 * The files of each chart that is not vendored: all below its directory but those of charts that lie there outside
 * `charts/`, and of directories whose names begin with a dot.
 */
export function filesOfCharts(
  paths: Iterable<string>,
  charts: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string | undefined>();
  const ownerOf = (directory: string): string | undefined => {
    if (owners.has(directory)) return owners.get(directory);
    const parent = directory === '.' ? undefined : directoryOf(directory);
    const own = charts.has(directory) && !isVendored(directory, charts);
    const hidden = directory !== '.' && baseName(directory).startsWith('.');
    const owner = own ? directory : hidden || parent === undefined ? undefined : ownerOf(parent);
    owners.set(directory, owner);
    return owner;
  };
  const files = new Map<string, string[]>();
  for (const path of paths) {
    const owner = ownerOf(directoryOf(path));
    if (owner !== undefined) append(files, owner, path);
  }
  return files;
}

/** What Chart.yaml says that decides on targets. */
export interface Chart {
  /** A library chart renders nothing of its own. */
  readonly isLibrary: boolean;
  /** Directories in the repository that `file://` dependencies name. */
  readonly local: readonly string[];
}

/** @param sources Chart.yaml of a chart, and its requirements.yaml, where charts of the first version name dependencies. */
export function readChart(directory: string, sources: readonly SourceFile[]): Chart {
  const fields = sources.flatMap(({ documents: [document] }) =>
    document ? [new Field(document.value)] : [],
  );
  return {
    isLibrary: fields.some((field) => field.at('type').value === 'library'),
    local: fields.flatMap((field) =>
      field
        .at('dependencies')
        .items()
        .flatMap((item) => localDirectory(directory, item.at('repository').string) ?? []),
    ),
  };
}

function localDirectory(directory: string, repository = ''): string | undefined {
  return repository.startsWith('file://')
    ? resolveIn(directory, repository.slice('file://'.length))
    : undefined;
}

/** Names under which values sets lie beside a chart, relative to it; `values.yaml` itself is none. */
const valuesNames = [
  /^ci\/[^/]*-values\.ya?ml$/,
  /^values[-.][^/]+\.ya?ml$/,
  /^[^/]+-values\.ya?ml$/,
  /^values\/[^/]+\.ya?ml$/,
  /^environments\/[^/]+\/values\.ya?ml$/,
];

/** Whether a file of a chart is a values set by its name. `path` is relative to the chart. */
export function isValuesSet(path: string): boolean {
  return valuesNames.some((name) => name.test(path));
}
