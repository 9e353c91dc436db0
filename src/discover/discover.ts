import { pathMatcher } from '../config/glob.ts';
import { groupBy } from '../group-by.ts';
import { isKubernetesObject } from '../kubernetes/object.ts';
import { mayConfigureNodes, nodeConfigKind } from '../kubernetes/project-file.ts';
import type { YamlProblem } from '../yaml/tree.ts';
import { type Builds, type DiscoverSettings, isBelow } from './builds.ts';
import { chartOfPart, chartOfTemplate } from './helm.ts';
import { isKustomization } from './kustomize.ts';
import { type FileOutcome, failed, type NotChecked } from './outcome.ts';
import { baseName, directoryOf } from './path.ts';
import type { SourceFile } from './source-file.ts';
import type { ManifestsTarget } from './target.ts';
import { commentedVariable, hasTemplating, unresolvedVariable } from './templating.ts';
import { isYamlName } from './tree-files.ts';

/** The plain manifests of a tree: what reaches a cluster as it stands. */
export interface PlainManifests {
  readonly targets: readonly ManifestsTarget[];
  /** Of every file that no chart or overlay is made of, and of those that are left out whatever is made of them. */
  readonly outcomes: ReadonlyMap<string, FileOutcome>;
  /** What is wrong with the YAML of files that would hold Kubernetes objects. */
  readonly problems: readonly SourceProblem[];
}

export interface SourceProblem {
  readonly source: SourceFile;
  readonly problem: YamlProblem;
}

/** Sorts the files beside charts and overlays: which are checked, which hold no Kubernetes objects, which cannot be checked. */
export async function discoverManifests(
  builds: Builds,
  { exclude }: Pick<DiscoverSettings, 'exclude'>,
): Promise<PlainManifests> {
  const excluded = exclude.map((glob) => [glob, pathMatcher([glob])] as const);
  const overlays = overlayFiles(builds);
  const outcomes = new Map<string, FileOutcome>();
  const problems: SourceProblem[] = [];
  for (const path of builds.paths) {
    const glob = excluded.find(([, matches]) => matches(path))?.[0];
    const outcome =
      glob === undefined ? await outcomeOf(path, builds, overlays, problems) : excludedBy(glob, path);
    if (outcome !== undefined) outcomes.set(path, outcome);
  }
  const incomplete = new Set<string>();
  for (const outcome of outcomes.values())
    if ('reason' in outcome && !(outcome.status === 'failed' && outcome.cause === 'not-used'))
      incomplete.add(directoryOf(outcome.file));
  const checked = [...outcomes.values()].filter(isTarget).map(({ file }) => file);
  return { targets: manifestsTargets(checked, incomplete), outcomes, problems };
}

interface OverlayFiles {
  /** Files that are no plain manifests, as kustomizations take them in. */
  readonly parts: ReadonlySet<string>;
  /** Directories with a kustomization. */
  readonly directories: ReadonlySet<string>;
}

function overlayFiles({ targets, unusedComponents, files }: Builds): OverlayFiles {
  const overlays = targets.filter(({ kind }) => kind === 'overlay');
  return {
    parts: new Set([...overlays.flatMap(({ files }) => files), ...[...unusedComponents.values()].flat()]),
    directories: new Set([...files.paths].filter(isKustomization).map(directoryOf)),
  };
}

/** Whether a file is called a patch and stands beside a kustomization, or in its `patches/`. */
function isPatch(path: string, { directories }: OverlayFiles): boolean {
  const directory = directoryOf(path);
  if (/^patch(?:es)?$/.test(baseName(directory)) && directories.has(directoryOf(directory))) return true;
  return directories.has(directory) && /(?:^|[-_.])patch(?:es)?[-_.]/.test(baseName(path));
}

/** Undefined for parts of charts and overlays: what becomes of these is not known yet. */
async function outcomeOf(
  path: string,
  { files, charts, scaffolds, templates }: Builds,
  overlays: OverlayFiles,
  problems: SourceProblem[],
): Promise<FileOutcome | undefined> {
  const yaml = isYamlName(path);
  const chart = chartOfPart(path, charts);
  if (chart !== undefined && scaffolds.has(chart))
    return yaml && chartOfTemplate(path, charts) !== undefined
      ? failed(path, 'go-template', `Template of the chart in ${chart}, which is a template itself.`)
      : { file: path, status: 'notKubernetes' };
  if (chart !== undefined || overlays.parts.has(path)) return undefined;
  if (!yaml) return { file: path, status: 'notKubernetes' };
  const text = await files.text(path);
  if (typeof text !== 'string') return text;
  if (!mayHoldObjects(text) && !isKustomization(path))
    return mayConfigureNodes(text)
      ? withoutObjects(files.parse(path, text))
      : { file: path, status: 'notKubernetes' };
  if (isBelow(path, templates))
    return failed(path, 'go-template', 'It stands among templates; what renders these is not known.');
  if (isPatch(path, overlays))
    return failed(path, 'not-used', 'By its name a patch, and no kustomization here uses it.');
  return classify(files.parse(path, text), problems);
}

/** The configuration of nodes is checked although it holds no objects. */
function withoutObjects({ path, documents }: SourceFile): FileOutcome {
  const isChecked = documents.some(({ value }) => nodeConfigKind(value) !== undefined);
  return { file: path, status: isChecked ? 'checked' : 'notKubernetes' };
}

/** A file is checked even when only some of its documents could be read. */
function isTarget(outcome: FileOutcome): boolean {
  if (outcome.status === 'failed') return outcome.cause === 'yaml-invalid' || outcome.cause === 'limit';
  return outcome.status === 'checked';
}

/** Every Kubernetes object has these two keys; a text without them needs no parsing. */
function mayHoldObjects(text: string): boolean {
  return text.includes('apiVersion') && text.includes('kind');
}

function classify(source: SourceFile, problems: SourceProblem[]): FileOutcome {
  const { path, text } = source;
  const lost = source.problems.filter(({ kind }) => kind !== 'duplicate-key');
  if (hasTemplating(text, source.documents, lost.length > 0))
    return failed(path, 'go-template', 'A template outside a chart; what renders it is not known.');
  const commented = commentedVariable(text);
  if (commented !== undefined)
    return failed(
      path,
      'unresolved-variable',
      `${commented} is not resolved; what fills it in is not known.`,
    );
  const documents = source.documents.filter(({ value }) => isKubernetesObject(value));
  for (const document of text.includes('${') ? documents : []) {
    const variable = unresolvedVariable(document);
    if (variable !== undefined)
      return failed(
        path,
        'unresolved-variable',
        `\${${variable.name}} is not resolved; what fills it in is not known.`,
      );
  }
  if (documents.length === 0 && lost.length === 0) return withoutObjects(source);
  for (const problem of source.problems) problems.push({ source, problem });
  const [first] = lost;
  if (first === undefined) return { file: path, status: 'checked' };
  const others = documents.length === 1 ? 'document was' : `${documents.length} documents were`;
  const rest = documents.length === 0 ? '' : ` The other ${others} checked.`;
  const cause = first.kind === 'limit' ? 'limit' : 'yaml-invalid';
  return failed(path, cause, `${first.message}.${rest}`);
}

function excludedBy(glob: string, file: string): NotChecked {
  return { file, status: 'excluded', cause: 'config-exclude', reason: `Excluded by ${glob} in the config.` };
}

/**
 * Plain manifests are applied by directory.
 * @param incomplete directories with a file that could not be read.
 */
export function manifestsTargets(
  paths: readonly string[],
  incomplete: ReadonlySet<string>,
): ManifestsTarget[] {
  return [...groupBy(paths, directoryOf)].map(([name, files]) => ({
    kind: 'manifests',
    name,
    complete: !incomplete.has(name),
    files,
  }));
}
