import { groupBy } from '../group-by.ts';
import { Field, isObject } from '../kubernetes/field.ts';
import { listedSources } from '../kubernetes/kustomization.ts';
import { baseName, directoryOf, resolveIn } from './path.ts';
import { pathOf, type SourceFile } from './source-file.ts';

/** What a file has to be called to make its directory a kustomization. */
export const kustomizationNames: readonly string[] = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** Whether kustomize would build the directory that this file is in. */
export function isKustomization(path: string): boolean {
  return kustomizationNames.includes(baseName(path));
}

/** A kustomization and what it refers to. */
export interface Kustomization {
  /** Path of the file. */
  readonly path: string;
  readonly directory: string;
  /** `kind: Component`, which is nothing without an overlay. */
  readonly isComponent: boolean;
  readonly references: readonly Reference[];
  /** Directories in which a chart of `helmCharts` may lie: without and with its version. */
  readonly charts: readonly string[];
}

/** A place in a kustomization that names a file or directory of the repository. */
export interface Reference {
  /** Keys and indexes that lead to it. */
  readonly pointer: readonly (string | number)[];
  /** The file or directory, from the root of the repository. */
  readonly path: string;
}

/**
 * Reads a kustomization; undefined when the file is something else under this name, such as an object of Flux.
 * @param remotes directories that stand for remote URLs.
 */
export function readKustomization(
  source: SourceFile,
  remotes: Readonly<Record<string, string>>,
): Kustomization | undefined {
  const root = new Field(source.documents[0]?.value);
  const version = root.at('apiVersion').string;
  if (version?.includes('/') && !version.startsWith('kustomize.config.k8s.io/')) return undefined;
  const directory = directoryOf(source.path);
  const references: Reference[] = [];
  const add = (field: Field, text = field.string) => {
    // Inline patches are YAML text, not paths.
    if (text === undefined || text === '' || /[\n\r]/.test(text)) return;
    const remote = Object.hasOwn(remotes, text) ? remotes[text] : undefined;
    const path = remote === undefined ? resolveIn(directory, text) : resolveIn('.', remote);
    if (path !== undefined) references.push({ pointer: pathOf(field), path });
  };
  if (isObject(root.value)) addReferences(root, add);
  return {
    path: source.path,
    directory,
    isComponent: root.at('kind').value === 'Component',
    references,
    charts: chartDirectories(root).flatMap((chart) => resolveIn(directory, chart) ?? []),
  };
}

function addReferences(kustomization: Field, add: (field: Field, text?: string) => void): void {
  for (const place of listedSources(kustomization)) add(place);
  for (const name of ['configMapGenerator', 'secretGenerator'])
    for (const generator of kustomization.at(name).items()) {
      for (const source of ['files', 'envs'])
        for (const item of generator.at(source).items()) add(item, withoutKey(item.string));
      add(generator.at('env'));
    }
  for (const chart of kustomization.at('helmCharts').items()) {
    add(chart.at('valuesFile'));
    for (const item of chart.at('additionalValuesFiles').items()) add(item);
  }
  for (const chart of kustomization.at('helmChartInflationGenerator').items()) add(chart.at('values'));
  add(kustomization.at('openapi', 'path'));
}

/** `key=path` and `path` alike. */
function withoutKey(source = ''): string {
  return source.slice(source.indexOf('=') + 1);
}

/** Relative to the kustomization. Kustomize puts charts that it fetches into a directory with their version. */
function chartDirectories(kustomization: Field): string[] {
  const home = kustomization.at('helmGlobals', 'chartHome').string ?? 'charts';
  const charts = kustomization
    .at('helmCharts')
    .items()
    .flatMap((chart) => {
      const name = chart.at('name').string;
      if (!name) return [];
      const { string: version } = chart.at('version');
      return [`${home}/${name}`, ...(version ? [`${home}/${name}-${version}/${name}`] : [])];
    });
  const legacy = kustomization
    .at('helmChartInflationGenerator')
    .items()
    .flatMap((chart) => {
      const name = chart.at('chartName').string;
      return name ? [`${chart.at('chartHome').string ?? 'charts'}/${name}`] : [];
    });
  return [...charts, ...legacy];
}

/** How the kustomizations of a tree hang together. */
export interface Overlays {
  /** Directories of kustomizations that no other one uses, sorted. */
  readonly roots: readonly string[];
  /** Directories of components that no overlay uses, sorted. */
  readonly unused: readonly string[];
  /** The files that the kustomization of a directory is made of, sorted; none when it has no kustomization. */
  filesOf(directory: string): readonly string[];
}

/**
 * Finds the overlays among the kustomizations.
 * @param isFile whether the tree has a file.
 * @param filesOfChart the files that a chart is made of.
 * @param isWanted whether a kustomization may be an overlay; others are only parts of them.
 */
export function findOverlays(
  kustomizations: readonly Kustomization[],
  isFile: (path: string) => boolean,
  filesOfChart: (directory: string) => readonly string[],
  isWanted: (kustomization: Kustomization) => boolean,
): Overlays {
  const all = groupBy(kustomizations, ({ directory }) => directory);
  /** The directories with a kustomization that building one goes through, itself first. */
  const reach = (directory: string) => {
    const seen = new Set([directory]);
    for (const at of seen)
      for (const { references } of all.get(at) ?? [])
        for (const { path } of references) if (all.has(path)) seen.add(path);
    return seen;
  };

  const wanted = groupBy(kustomizations.filter(isWanted), ({ directory }) => directory);
  const used = new Set<string>();
  for (const [directory, group] of wanted)
    for (const { path } of group.flatMap(({ references }) => references))
      if (path !== directory) used.add(path);
  const isComponent = (directory: string) => wanted.get(directory)?.some((each) => each.isComponent) ?? false;
  const directories = [...wanted.keys()].sort();
  const whole = directories.filter((directory) => !isComponent(directory));
  const roots = whole.filter((directory) => !used.has(directory));
  const reached = new Set(roots.flatMap((directory) => [...reach(directory)]));
  // What is left is in a circle, or used by components alone that nobody uses.
  for (const directory of whole) {
    if (reached.has(directory)) continue;
    roots.push(directory);
    for (const each of reach(directory)) reached.add(each);
  }
  return {
    roots: roots.sort(),
    unused: directories.filter((directory) => isComponent(directory) && !reached.has(directory)),
    filesOf(directory) {
      const files = new Set<string>();
      if (!all.has(directory)) return [];
      for (const at of reach(directory))
        for (const { path, references, charts } of all.get(at) ?? []) {
          files.add(path);
          for (const reference of references) if (isFile(reference.path)) files.add(reference.path);
          for (const file of charts.flatMap(filesOfChart)) files.add(file);
        }
      return [...files].sort();
    },
  };
}
