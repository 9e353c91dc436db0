import { pathMatcher } from '../config/glob.ts';
import type { Settings } from '../config/settings.ts';
import type { FileTree } from '../files/file-tree.ts';
import { groupBy } from '../group-by.ts';
import { Field } from '../kubernetes/field.ts';
import { type ConfiguredTarget, configuredTargets } from './configured.ts';
import {
  type Chart,
  chartOfPart,
  filesOfCharts,
  findCharts,
  isChart,
  isValuesSet,
  readChart,
} from './helm.ts';
import { findOverlays, isKustomization, type Kustomization, readKustomization } from './kustomize.ts';
import { fileIn } from './path.ts';
import type { SourceFile } from './source-file.ts';
import type { ChartTarget, OverlayTarget } from './target.ts';
import { hasTemplating } from './templating.ts';
import { TreeFiles } from './tree-files.ts';

/** What of the settings decides on targets. */
export type DiscoverSettings = Pick<
  Settings,
  | 'exclude'
  | 'maxFileSizeBytes'
  | 'targets'
  | 'targetsMayBeMissing'
  | 'valuesConventions'
  | 'remotes'
  | 'configFile'
  | 'whereInConfig'
>;

/** The charts and overlays of a tree. */
export interface Builds {
  readonly files: TreeFiles;
  /** Paths of the files that are to be checked, in the order of the tree. */
  readonly paths: readonly string[];
  /** Charts, then overlays, by directory. */
  readonly targets: readonly (ChartTarget | OverlayTarget)[];
  /** All directories with a Chart.yaml. */
  readonly charts: ReadonlySet<string>;
  /** Those whose Chart.yaml is a template itself, for charts to be made from. */
  readonly scaffolds: ReadonlySet<string>;
  /** Directories of templates for kustomizations: nothing below them is applied as it stands. */
  readonly templates: ReadonlySet<string>;
  /** Components that no overlay uses, each with the files that it is made of. */
  readonly unusedComponents: ReadonlyMap<string, readonly string[]>;
}

/** Whether a file makes a chart or an overlay, which may refer to files anywhere in the tree. */
export function mayRefer(path: string): boolean {
  return isChart(path) || isKustomization(path);
}

/**
 * Finds the charts and overlays of a tree. What the config excludes is no target, but may be a part of one.
 * @param path directory or file that targets are looked for in; they may be made of what lies elsewhere.
 * @throws {UserError} when the config names a target or a file that is not there.
 */
export async function discoverBuilds(
  tree: FileTree,
  settings: DiscoverSettings,
  path = '.',
): Promise<Builds> {
  const entries = await tree.list();
  const files = new TreeFiles(tree, entries, settings.maxFileSizeBytes);
  const isExcluded = pathMatcher(settings.exclude);
  const isWanted = (file: string) => path === '.' || file === path || file.startsWith(`${path}/`);
  const mayBeTarget = (file: string) => isWanted(file) && !isExcluded(file);
  const directories = findCharts(files.paths);
  const own = filesOfCharts(files.paths, directories);
  const { charts, scaffolds } = await readCharts([...own.keys()], files);
  const { kustomizations, templates } = await readKustomizations(files, directories, settings.remotes);

  const filesOfChart = (directory: string) => {
    const all = new Set([directory]);
    for (const each of all) for (const local of charts.get(each)?.local ?? []) all.add(local);
    return [...all].flatMap((each) => own.get(each) ?? []);
  };
  const configured = configuredTargets(settings, {
    hasFile: (path) => files.has(path),
    charts: new Set(charts.keys()),
    overlays: new Set(kustomizations.map(({ directory }) => directory)),
  });
  const ofConfig = groupBy(configured, ({ directory }) => directory);
  const overlays = findOverlays(
    kustomizations,
    (path) => files.has(path),
    filesOfChart,
    (kustomization) => mayBeTarget(kustomization.path),
  );
  const inflated = chartsOfOverlays(kustomizations);
  const chartTargets = [...charts].flatMap(([directory, { isLibrary }]) => {
    const named = ofConfig.get(directory) ?? [];
    if (isLibrary || !mayBeTarget(chartFile(directory))) return [];
    if (inflated.has(directory) && named.length === 0) return [];
    const candidates = settings.valuesConventions ? (own.get(directory) ?? []) : [];
    const beside = candidates.filter((file) => !isExcluded(file));
    return targetsOfChart(directory, valuesSets(directory, beside, named), filesOfChart(directory));
  });
  const named = configured.map(({ directory }) => directory).filter((each) => isWanted(`${each}/`));
  const roots = new Set([...overlays.roots, ...named]);
  const overlayTargets = [...roots].sort().flatMap((directory): OverlayTarget[] => {
    const files = overlays.filesOf(directory);
    if (files.length === 0) return [];
    const environment = ofConfig.get(directory)?.[0]?.settings.environment;
    return [
      {
        kind: 'overlay',
        name: directory,
        complete: true,
        files,
        directory,
        ...(environment !== undefined && { environment }),
        remotes: settings.remotes,
      },
    ];
  });
  return {
    files,
    paths: [...files.paths].filter(isWanted),
    targets: [...chartTargets, ...overlayTargets],
    charts: directories,
    scaffolds,
    templates,
    unusedComponents: new Map(overlays.unused.map((directory) => [directory, overlays.filesOf(directory)])),
  };
}

function chartFile(directory: string): string {
  return fileIn(directory, 'Chart.yaml');
}

async function readCharts(
  directories: readonly string[],
  files: TreeFiles,
): Promise<{ charts: ReadonlyMap<string, Chart>; scaffolds: ReadonlySet<string> }> {
  const charts = new Map<string, Chart>();
  const scaffolds = new Set<string>();
  for (const directory of directories.toSorted()) {
    const main = chartFile(directory);
    const sources: SourceFile[] = [];
    for (const path of [main, main.replace(/Chart\.yaml$/, 'requirements.yaml')]) {
      if (files.has(path)) await files.keep(path);
      const source = files.get(path);
      if (source !== undefined) sources.push(source);
    }
    if (sources[0]?.path === main && isScaffold(sources[0])) scaffolds.add(directory);
    else charts.set(directory, readChart(directory, sources));
  }
  return { charts, scaffolds };
}

function isScaffold({ text, documents, problems }: SourceFile): boolean {
  const name = new Field(documents[0]?.value).at('name').string;
  return hasTemplating(text, documents, problems.length > 0) || (name?.includes('{{') ?? false);
}

async function readKustomizations(
  files: TreeFiles,
  charts: ReadonlySet<string>,
  remotes: Settings['remotes'],
): Promise<{ kustomizations: readonly Kustomization[]; templates: ReadonlySet<string> }> {
  const found: Kustomization[] = [];
  const templates = new Set<string>();
  for (const path of files.paths) {
    if (!isKustomization(path) || chartOfPart(path, charts) !== undefined) continue;
    await files.keep(path);
    const source = files.get(path);
    if (source === undefined) continue;
    const kustomization = readKustomization(source, remotes);
    if (isTemplate(source, kustomization)) templates.add(directoryOfTemplates(path) ?? '');
    else if (kustomization !== undefined) found.push(kustomization);
  }
  templates.delete('');
  return { kustomizations: found.filter(({ path }) => !isBelow(path, templates)), templates };
}

function isTemplate({ text, documents, problems }: SourceFile, kustomization?: Kustomization): boolean {
  return (
    hasTemplating(text, documents, problems.length > 0) ||
    (kustomization?.references ?? []).some(({ path }) => path.includes('{{'))
  );
}

/** The outermost directory above a file whose name says that it is for templates. */
function directoryOfTemplates(path: string): string | undefined {
  return /^(?:.*?\/)??(?:templates?|skeletons?|scaffolds?|boilerplates?)(?=\/)/.exec(path)?.[0];
}

/** Whether a path leads into one of some directories, other than the root. */
export function isBelow(path: string, directories: ReadonlySet<string>): boolean {
  if (directories.size === 0) return false;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (directories.has(path.slice(0, at))) return true;
  return false;
}

/** Charts that a kustomization keeps in its own directory: they are installed by it alone. */
function chartsOfOverlays(kustomizations: readonly Kustomization[]): ReadonlySet<string> {
  return new Set(
    kustomizations.flatMap(({ directory, charts }) =>
      charts.filter((chart) => directory === '.' || chart.startsWith(`${directory}/`)),
    ),
  );
}

/** Values that a chart is rendered with, and how reports tell them from others. */
interface ValuesSet extends Pick<ConfiguredTarget, 'values'> {
  readonly label: string;
  readonly settings?: ConfiguredTarget['settings'];
}

/**
 * The values sets of a chart: those of the config, which stand for the defaults as well, else the defaults; then those
 * by convention among the files `beside` it, but for those that the config uses.
 */
function valuesSets(
  directory: string,
  beside: readonly string[],
  configured: readonly ConfiguredTarget[],
): ValuesSet[] {
  const inside = (file: string) =>
    directory !== '.' && file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file;
  const used = new Set(configured.flatMap(({ values }) => values.map(({ file }) => file)));
  const named = configured.map(({ settings, values }): ValuesSet => {
    const files = values.flatMap(({ file }) => (file === undefined ? [] : inside(file)));
    const label = settings.environment ?? (files.join(', ') || (values.length > 0 ? 'set' : ''));
    return { label, values, settings };
  });
  const conventional = beside
    .filter((file) => isValuesSet(inside(file)) && !used.has(file))
    .map((file): ValuesSet => ({ label: inside(file), values: [{ file }] }));
  return [...(named.length > 0 ? named : [{ label: '', values: [] }]), ...conventional];
}

function targetsOfChart(
  directory: string,
  sets: readonly ValuesSet[],
  files: readonly string[],
): ChartTarget[] {
  const taken = new Set<string>();
  return sets.map(({ label, values, settings = { path: directory } }) => {
    const { release, namespace, environment, kubeVersion, apiVersions } = settings;
    const base = label === '' ? directory : `${directory} (${label})`;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base} #${count}`;
    taken.add(name);
    return {
      kind: 'chart',
      name,
      complete: true,
      files: [...new Set([...files, ...values.flatMap(({ file }) => file ?? [])])].sort(),
      directory,
      values,
      ...(release !== undefined && { release }),
      ...(namespace !== undefined && { namespace }),
      ...(environment !== undefined && { environment }),
      ...(kubeVersion !== undefined && { kubeVersion }),
      ...(apiVersions !== undefined && { apiVersions }),
    };
  });
}
