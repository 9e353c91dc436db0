import { pathMatcher } from '../config/glob.ts';
import { type FileEntry, type FileTree, UnreadableFile } from '../files/file-tree.ts';
import { decodeText } from '../files/text.ts';
import { groupBy } from '../group-by.ts';
import { isKubernetesObject } from '../kubernetes/object.ts';
import type { YamlProblem } from '../yaml/tree.ts';
import { chartOfTemplate, findCharts } from './helm.ts';
import { findKustomizeParts, isKustomization } from './kustomize.ts';
import type { FileOutcome, NotChecked } from './outcome.ts';
import { directoryOf } from './path.ts';
import { type SourceFile, SourceReader } from './source-file.ts';
import type { Target } from './target.ts';
import { hasGoTemplate, unresolvedVariable } from './templating.ts';

export interface DiscoverOptions {
  /** Globs of paths that are left out. */
  readonly exclude: readonly string[];
  /** Files that are larger are not read. */
  readonly maxFileSizeBytes: number;
}

/** What a tree holds that reaches a cluster. */
export interface Discovery {
  readonly targets: readonly Target[];
  /** Overlays' parts as targets of their own: not checked, but others may refer to their objects. */
  readonly context: readonly Target[];
  /** The parsed files of all targets, by path. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** One for each file of the tree, in its order. */
  readonly outcomes: readonly FileOutcome[];
  /** What is wrong with the YAML of files that would hold Kubernetes objects. */
  readonly problems: readonly SourceProblem[];
}

export interface SourceProblem {
  readonly source: SourceFile;
  readonly problem: YamlProblem;
}

/** Sorts the files of a tree: which are checked, which hold no Kubernetes objects, which cannot be checked and why. */
export async function discover(tree: FileTree, options: DiscoverOptions): Promise<Discovery> {
  const entries = await tree.list();
  const charts = findCharts(entries.map(({ path }) => path));
  const excluded = options.exclude.map((glob) => [glob, pathMatcher([glob])] as const);
  const outcomes = new Map<string, FileOutcome>();
  const sources = new Map<string, SourceFile>();
  const reader = new SourceReader();

  for (const entry of entries) {
    const { path } = entry;
    const glob = excluded.find(([, matches]) => matches(path))?.[0];
    const read =
      glob === undefined ? await readSource(tree, entry, charts, options, reader) : excludedBy(glob, path);
    if ('status' in read) outcomes.set(path, read);
    else sources.set(path, read);
  }

  const parts = findKustomizeParts([...sources.values()].filter(({ path }) => isKustomization(path)));
  const problems: SourceProblem[] = [];
  for (const source of sources.values()) {
    const outcome = classify(source, parts, problems);
    outcomes.set(source.path, outcome);
  }
  const having = (test: (path: string) => boolean) => [...sources.keys()].filter(test);
  const incomplete = new Set<string>();
  for (const outcome of outcomes.values()) if ('reason' in outcome) incomplete.add(directoryOf(outcome.file));
  return {
    targets: byDirectory(
      having((path) => isTarget(outcomes.get(path))),
      incomplete,
    ),
    context: byDirectory(
      having((path) => parts.has(path)),
      incomplete,
    ),
    sources,
    outcomes: entries.map(({ path }) => outcomes.get(path) ?? { file: path, status: 'notKubernetes' }),
    problems,
  };
}

/** A file is checked even when only some of its documents could be read. */
function isTarget(outcome: FileOutcome | undefined): boolean {
  if (outcome?.status === 'failed') return outcome.cause === 'yaml-invalid' || outcome.cause === 'limit';
  return outcome?.status === 'checked';
}

async function readSource(
  tree: FileTree,
  entry: FileEntry,
  charts: ReadonlySet<string>,
  { maxFileSizeBytes }: DiscoverOptions,
  reader: SourceReader,
): Promise<SourceFile | FileOutcome> {
  const { path } = entry;
  const yaml = /\.(ya?ml|json)$/i.test(path) || isKustomization(path);
  if (!yaml && !path.endsWith('.tpl')) return { file: path, status: 'notKubernetes' };
  const chart = chartOfTemplate(path, charts);
  if (chart !== undefined)
    return failed(path, 'helm-template', `Template of the Helm chart ${chart}; charts are not rendered yet.`);
  if (!yaml) return { file: path, status: 'notKubernetes' };
  if (entry.kind === 'unreadable') return failed(path, 'unreadable', `Not read: ${entry.reason}.`);
  if (entry.size > maxFileSizeBytes)
    return failed(
      path,
      'too-large',
      `${entry.size} bytes; the limit is ${maxFileSizeBytes} (max-file-size).`,
    );
  const decoded = await readText(tree, path);
  if ('problem' in decoded) return failed(path, decoded.cause, `${decoded.problem}.`);
  const { text } = decoded;
  if (!mayHoldObjects(text) && !isKustomization(path)) return { file: path, status: 'notKubernetes' };
  return reader.read(path, text);
}

async function readText(
  tree: FileTree,
  path: string,
): Promise<{ text: string } | { problem: string; cause: NotChecked['cause'] }> {
  try {
    const decoded = decodeText(await tree.read(path));
    return 'text' in decoded ? decoded : { problem: decoded.problem, cause: 'not-text' };
  } catch (error) {
    if (error instanceof UnreadableFile)
      return { problem: `Not read: ${error.message}`, cause: 'unreadable' };
    throw error;
  }
}

/** Every Kubernetes object has these two keys; a text without them needs no parsing. */
function mayHoldObjects(text: string): boolean {
  return text.includes('apiVersion') && text.includes('kind');
}

function classify(
  source: SourceFile,
  parts: ReadonlyMap<string, string>,
  problems: SourceProblem[],
): FileOutcome {
  const { path, text } = source;
  const overlay = parts.get(path);
  if (overlay !== undefined)
    return failed(
      path,
      'kustomize-part',
      `Part of the kustomization in ${overlay}; overlays are not built yet.`,
    );
  const lost = source.problems.filter(({ kind }) => kind !== 'duplicate-key');
  if (hasGoTemplate(text, source.documents, lost.length > 0))
    return failed(path, 'go-template', 'A Go template outside a chart; what renders it is not known.');
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
  if (documents.length === 0 && lost.length === 0) return { file: path, status: 'notKubernetes' };
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

function failed(file: string, cause: NotChecked['cause'], reason: string): NotChecked {
  return { file, status: 'failed', cause, reason };
}

/** Plain manifests are applied by directory. */
function byDirectory(paths: readonly string[], incomplete: ReadonlySet<string>): Target[] {
  const directories = groupBy(paths, directoryOf);
  return [...directories].map(([name, files]) => ({
    kind: 'manifests',
    name,
    complete: !incomplete.has(name),
    files,
  }));
}
