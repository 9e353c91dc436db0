import type { Builds } from '../discover/builds.ts';
import { manifestsTargets, type PlainManifests } from '../discover/discover.ts';
import { chartOfTemplate } from '../discover/helm.ts';
import { type FileOutcome, failed, type NotChecked } from '../discover/outcome.ts';
import { directoryOf } from '../discover/path.ts';
import type { ManifestsTarget } from '../discover/target.ts';
import { isYamlName } from '../discover/tree-files.ts';
import { isPart } from './render.ts';
import type { RenderedTarget, RenderProblem } from './rendering.ts';

/** What became of every file, in the order of the tree. */
export function outcomesOf(
  builds: Builds,
  plain: PlainManifests,
  rendered: readonly RenderedTarget[],
): FileOutcome[] {
  const read = new Set(rendered.flatMap((target) => target.read).filter((file) => !beside.test(file)));
  const lost = lostFiles(builds, rendered);
  const garbled = new Set(
    rendered
      .filter((target) => target.read.length > 0)
      .flatMap(({ problems }) => problems.filter(({ kind }) => kind === 'broken' || kind === 'limit'))
      .map(({ file }) => file),
  );
  return builds.paths.map((file) => {
    const own = plain.outcomes.get(file);
    const unread = isPart(file) ? builds.files.unread(file) : undefined;
    if (own !== undefined && 'reason' in own) return own;
    if (unread !== undefined) return unread;
    if (garbled.has(file)) return failed(file, 'build-broken', 'Some of what it renders to cannot be read.');
    if (read.has(file) || own?.status === 'checked') return { file, status: 'checked' };
    return lost.get(file) ?? own ?? { file, status: 'notKubernetes' };
  });
}

/** Files that a chart is read with, but that hold nothing for a cluster. */
const beside = /(?:^|\/)(?:NOTES\.txt|README\.md|LICENSE|Chart\.lock|\.helmignore)$/;

/** Files of charts and overlays that were not rendered, and of components that nobody uses. */
function lostFiles(
  { charts, unusedComponents }: Builds,
  rendered: readonly RenderedTarget[],
): Map<string, NotChecked> {
  const lost = new Map<string, NotChecked>();
  const add = (file: string, cause: NotChecked['cause'], reason: string) => {
    if (!lost.has(file)) lost.set(file, failed(file, cause, reason));
  };
  for (const { target, problems, read } of rendered) {
    const [problem] = problems;
    if (problem === undefined || read.length > 0 || target.kind === 'manifests') continue;
    const reason = `Part of the ${target.kind} ${target.name}, ${reasons[problem.kind]}.`;
    const values = new Set(target.kind === 'chart' ? target.values.map(({ file }) => file) : []);
    for (const file of target.files) {
      const isTemplate = chartOfTemplate(file, charts) !== undefined && /\.(ya?ml|json|tpl)$/i.test(file);
      const isOfOverlay = target.kind === 'overlay' && isYamlName(file);
      if (isTemplate || isOfOverlay || values.has(file) || file.endsWith('Chart.yaml'))
        add(file, causes[problem.kind], reason);
    }
  }
  for (const [directory, files] of unusedComponents)
    for (const file of files)
      if (isYamlName(file))
        add(file, 'not-used', `Part of the component ${directory}, which no overlay uses.`);
  return lost;
}

const causes: Readonly<Record<RenderProblem['kind'], NotChecked['cause']>> = {
  broken: 'build-broken',
  'needs-values': 'needs-values',
  dependency: 'missing-dependency',
  'left-out': 'build-broken',
  limit: 'limit',
  internal: 'defect',
};

const reasons: Readonly<Record<RenderProblem['kind'], string>> = {
  broken: 'which cannot be rendered as it stands',
  'needs-values': 'which needs values that nobody gives',
  dependency: 'whose dependencies are not in the repository',
  'left-out': 'of which nothing is left without what is not in the repository',
  limit: 'which takes more time or memory than is allowed',
  internal: 'which Plimsoll failed to render',
};

/**
 * The plain objects of what was not built, as targets that are not checked: other objects may refer to them, and CRDs
 * among them say what custom resources look like.
 */
export function contextOf(builds: Builds, outcomes: readonly FileOutcome[]): ManifestsTarget[] {
  const paths = outcomes
    .filter((outcome) => outcome.status === 'failed' && contextCauses.has(outcome.cause))
    .map(({ file }) => file)
    .filter((file) => isYamlName(file) && chartOfTemplate(file, builds.charts) === undefined);
  return manifestsTargets(paths, new Set(paths.map(directoryOf)));
}

const contextCauses: ReadonlySet<string> = new Set([
  ...Object.values(causes),
  'not-used',
  'unresolved-variable',
]);
