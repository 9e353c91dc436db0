import type { ChartTarget, ManifestsTarget, OverlayTarget } from '../discover/target.ts';
import type { TreeFiles } from '../discover/tree-files.ts';
import { leftProblems } from './kustomize.ts';
import { renderManifests } from './manifests.ts';
import { chartLines, type OriginLine, overlayLines, plainLines } from './origin-lines.ts';
import { askChart, askOverlay, type RenderInput } from './render.ts';
import type { RenderProblem } from './rendering.ts';

/** The lines that a chart or an overlay renders to; none, and why, when it cannot be rendered. */
export async function printTarget(
  target: ChartTarget | OverlayTarget,
  input: Pick<RenderInput, 'files' | 'engine' | 'kubernetesMinor'>,
): Promise<{ lines: readonly OriginLine[]; problems: readonly RenderProblem[] }> {
  const { files } = input;
  if (target.kind === 'chart') {
    const asked = await askChart(target, input);
    if ('problems' in asked) return { lines: [], problems: asked.problems };
    return { lines: chartLines(target, asked.ok, files), problems: [] };
  }
  const asked = await askOverlay(target, input);
  if ('problems' in asked) return { lines: [], problems: asked.problems };
  return { lines: overlayLines(asked.ok, files), problems: leftProblems(asked.ok, files) };
}

/** The lines of plain manifests. */
export function printManifests(targets: readonly ManifestsTarget[], files: TreeFiles): OriginLine[] {
  return plainLines(
    targets.flatMap((target) => renderManifests(target, files)),
    files,
  );
}
