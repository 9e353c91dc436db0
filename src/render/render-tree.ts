import type { Settings } from '../config/settings.ts';
import { type Builds, discoverBuilds, mayRefer } from '../discover/builds.ts';
import { discoverManifests, type PlainManifests } from '../discover/discover.ts';
import type { Target } from '../discover/target.ts';
import type { FileTree } from '../files/file-tree.ts';
import type { RenderEngine } from './engine/protocol.ts';
import { renderTargets } from './render.ts';
import type { RenderedTarget } from './rendering.ts';

/** What of a tree is to be rendered, and how. */
export interface TreeInput {
  readonly settings: Settings;
  /** Directory or file that targets are looked for in, `.` for all of the tree; they may be made of the rest. */
  readonly path: string;
  /** Called when there are charts or overlays. */
  readonly engine: () => RenderEngine;
  /** Files that are asked about: what is not made of any of them is left out. Absent for all. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** A tree as clusters get it. */
export interface RenderedTree {
  readonly builds: Builds;
  readonly plain: PlainManifests;
  /** Charts and overlays. */
  readonly built: readonly RenderedTarget[];
  /** Plain manifests. */
  readonly applied: readonly RenderedTarget[];
}

/** Finds the targets of a tree and renders them. */
export async function renderTree(
  tree: FileTree,
  { settings, path, engine, only }: TreeInput,
): Promise<RenderedTree> {
  // Compiling the engine takes as long as finding what it is for.
  if ((await tree.list()).some((entry) => mayRefer(entry.path)))
    engine()
      .start?.()
      .catch(() => {});
  const builds = await discoverBuilds(tree, settings, path);
  const render = (targets: readonly Target[]) =>
    renderTargets({
      targets: targets.filter(({ files }) => only === undefined || files.some((file) => only.has(file))),
      files: builds.files,
      engine,
      kubernetesMinor: settings.kubernetesMinor,
    });
  // The engine works in threads of its own, while this one reads the plain manifests.
  const paths = only === undefined ? builds.paths : builds.paths.filter((path) => only.has(path));
  const [built, plain] = await Promise.all([
    render(builds.targets),
    discoverManifests({ ...builds, paths }, settings),
  ]);
  return { builds, plain, built, applied: await render(plain.targets) };
}
