import { isChart } from '../discover/helm.ts';
import { isKustomization, kustomizationNames } from '../discover/kustomize.ts';
import { fileIn } from '../discover/path.ts';
import type { ChartTarget, OverlayTarget, Target } from '../discover/target.ts';
import { isYamlName, type TreeFiles } from '../discover/tree-files.ts';
import type {
  EngineAnswer,
  EngineFile,
  HelmResponse,
  KustomizeResponse,
  RenderEngine,
} from './engine/protocol.ts';
import { chartManifests } from './helm.ts';
import { overlayManifests } from './kustomize.ts';
import type { Manifest } from './manifest.ts';
import { renderManifests } from './manifests.ts';
import { mainFile, problemsOf } from './problems.ts';
import type { RenderedTarget, RenderProblem } from './rendering.ts';

export interface RenderInput {
  readonly targets: readonly Target[];
  readonly files: TreeFiles;
  /** Called when there is a chart or an overlay. */
  readonly engine: () => RenderEngine;
  /** Minor number of the Kubernetes version that targets are for when they do not say. */
  readonly kubernetesMinor: number;
}

/** So many requests are under way at once: the engine has work while answers are read, and few wait in memory. */
const mostRequests = 8;

/** Renders targets; the results are in their order. */
export async function renderTargets(input: RenderInput): Promise<RenderedTarget[]> {
  const { targets } = input;
  let started: RenderEngine | undefined;
  const engine = () => {
    started ??= input.engine();
    return started;
  };
  const rendered: RenderedTarget[] = [];
  const queue = targets.entries();
  const work = async () => {
    for (const [index, target] of queue) rendered[index] = await renderTarget(target, { ...input, engine });
  };
  await Promise.all(Array.from({ length: Math.min(mostRequests, targets.length) }, work));
  return withProof(rendered);
}

async function renderTarget(target: Target, input: RenderInput): Promise<RenderedTarget> {
  switch (target.kind) {
    case 'manifests': {
      const manifests = renderManifests(target, input.files);
      return { target, manifests, problems: [], complete: target.complete, read: target.files };
    }
    case 'chart':
      return renderChart(target, input);
    case 'overlay':
      return renderOverlay(target, input);
  }
}

async function renderChart(target: ChartTarget, input: RenderInput): Promise<RenderedTarget> {
  const asked = await askChart(target, input);
  if ('problems' in asked) return failedTarget(target, asked.problems);
  const { ok } = asked;
  return finished(target, input.files, true, ok.read, (known) => chartManifests(known, ok, input.files));
}

/**
 * What every cluster serves, but Helm without a cluster does not know, as its client library has no such types. Charts
 * ask for it to choose between this version and one that is long gone.
 */
const alwaysServed = ['apiregistration.k8s.io/v1'];

type AskInput = Pick<RenderInput, 'files' | 'engine' | 'kubernetesMinor'>;

/** What a chart renders to; or why it does not. */
export async function askChart(
  target: ChartTarget,
  { files, engine, kubernetesMinor }: AskInput,
): Promise<{ ok: HelmResponse } | { problems: RenderProblem[] }> {
  const renderer = engine();
  const { release, namespace, apiVersions = [], kubeVersion = `1.${kubernetesMinor}` } = target;
  const written = target.values.flatMap(({ from }) => from?.file ?? []);
  await Promise.all(written.map((file) => files.keep(file)));
  const answer = await renderer.helm({
    op: 'helm',
    chart: target.directory,
    values: target.values,
    ...(release !== undefined && { release }),
    ...(namespace !== undefined && { namespace }),
    kubeVersion,
    apiVersions: [...alwaysServed, ...apiVersions],
    files: await engineFiles(target.files, files),
  });
  return 'fault' in answer ? { problems: problemsOf(answer.fault, target, files) } : answer;
}

async function renderOverlay(target: OverlayTarget, input: RenderInput): Promise<RenderedTarget> {
  const asked = await askOverlay(target, input);
  if ('problems' in asked) return failedTarget(asked.target, asked.problems);
  const { ok } = asked;
  return finished(asked.target, input.files, ok.left.length === 0, ok.read, (known) =>
    overlayManifests(known, ok, input.files),
  );
}

/** How often an overlay is asked for again with files that turned out to be missing. */
const mostRounds = 10;

/** What an overlay is built to, or why it is not; and the target with all files that this took. */
export async function askOverlay(
  target: OverlayTarget,
  { files, engine, kubernetesMinor }: AskInput,
): Promise<{ target: OverlayTarget } & ({ ok: KustomizeResponse } | { problems: RenderProblem[] })> {
  const renderer = engine();
  const given = new Set(target.files);
  let answer: EngineAnswer<KustomizeResponse>;
  for (let round = 1; ; round++) {
    answer = await renderer.kustomize({
      op: 'kustomize',
      root: target.directory,
      remotes: target.remotes,
      kubeVersion: `1.${kubernetesMinor}`,
      apiVersions: alwaysServed,
      files: await engineFiles([...given].sort(), files),
    });
    const missing = 'fault' in answer ? (answer.fault.missing ?? []) : answer.ok.missing;
    const more = missing.flatMap((path) => present(path, files)).filter((path) => !given.has(path));
    if (more.length === 0 || round === mostRounds) break;
    for (const path of more) given.add(path);
  }
  const whole = { ...target, files: [...given].sort() };
  if ('fault' in answer) return { target: whole, problems: problemsOf(answer.fault, whole, files) };
  return { target: whole, ok: answer.ok };
}

/** A file that the tree has, or the kustomization of a directory that it has. */
function present(path: string, files: TreeFiles): string[] {
  if (files.has(path)) return [path];
  return kustomizationNames.map((name) => fileIn(path, name)).filter((file) => files.has(file));
}

async function engineFiles(paths: readonly string[], files: TreeFiles): Promise<EngineFile[]> {
  const read = await Promise.all(paths.map(async (path) => ({ path, bytes: await files.keep(path) })));
  return read.flatMap(({ path, bytes }) => (bytes instanceof Uint8Array ? [{ path, bytes }] : []));
}

function failedTarget<T extends Target>(target: T, problems: readonly RenderProblem[]): RenderedTarget {
  return { target: { ...target, complete: false }, manifests: [], problems, complete: false, read: [] };
}

interface Rendering {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly RenderProblem[];
}

/** Whether a target is complete is known only when its manifests are, but these have to know it. */
async function finished<T extends ChartTarget | OverlayTarget>(
  target: T,
  files: TreeFiles,
  nothingLeft: boolean,
  read: readonly string[],
  manifestsOf: (target: T) => Rendering | Promise<Rendering>,
): Promise<RenderedTarget> {
  const unread = target.files.some((path) => isPart(path) && files.unread(path) !== undefined);
  const whole = { ...target, complete: nothingLeft && !unread };
  const first = await manifestsOf(whole);
  const complete = whole.complete && first.problems.length === 0;
  const known = complete === whole.complete ? whole : { ...target, complete };
  const { manifests, problems } = known === whole ? first : await manifestsOf(known);
  return { target: known, manifests, problems, complete, read };
}

/** Whether charts and overlays lack something without this file: they also have pictures and the like beside them. */
export function isPart(path: string): boolean {
  return isYamlName(path) || /\.(tpl|tgz)$/.test(path) || isKustomization(path);
}

/**
 * A chart that some target renders is not broken: what its defaults fail through is a want of values, and so is what
 * other values fail through in the same way.
 */
function withProof(rendered: readonly RenderedTarget[]): RenderedTarget[] {
  const proof = new Map<string, string>();
  const wants = new Map<string, ReadonlySet<string>>();
  for (const { target, read, problems } of rendered) {
    if (target.kind === 'manifests') continue;
    if (!problems.some(({ kind }) => kind === 'broken'))
      for (const path of read) if (isChart(path) && !proof.has(path)) proof.set(path, target.name);
    if (target.kind === 'chart' && target.values.length === 0)
      wants.set(target.directory, new Set(problems.map(keyOf)));
  }
  return rendered.map((one) => {
    const { target, problems, read } = one;
    if (target.kind !== 'chart' || read.length > 0) return one;
    const renderedBy = proof.get(mainFile(target));
    if (renderedBy === undefined) return one;
    const isWant = (problem: RenderProblem) =>
      (problem.kind === 'broken' || problem.kind === 'needs-values') &&
      wants.get(target.directory)?.has(keyOf(problem));
    return {
      ...one,
      problems: problems.map((problem) =>
        isWant(problem) ? { ...problem, kind: 'needs-values', renderedBy } : problem,
      ),
    };
  });
}

function keyOf({ kind, file, start, message }: RenderProblem): string {
  return `${kind} ${file} ${start} ${message}`;
}
