import { baseName, directoryOf } from './path.ts';

/** Directories of the charts among these paths. */
export function findCharts(paths: Iterable<string>): ReadonlySet<string> {
  const charts = new Set<string>();
  for (const path of paths) if (baseName(path) === 'Chart.yaml') charts.add(directoryOf(path));
  return charts;
}

/** The chart whose `templates/` a file is below; undefined for other files. */
export function chartOfTemplate(path: string, charts: ReadonlySet<string>): string | undefined {
  for (let at = path.indexOf('templates/'); at >= 0; at = path.indexOf('templates/', at + 1)) {
    const chart = at === 0 ? '.' : path[at - 1] === '/' ? path.slice(0, at - 1) : undefined;
    if (chart !== undefined && charts.has(chart)) return chart;
  }
  return undefined;
}
