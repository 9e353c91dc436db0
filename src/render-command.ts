import { relative, resolve, sep } from 'node:path';
import { resolveSettings, type TargetSettings } from './config/settings.ts';
import { type Builds, discoverBuilds, mayRefer } from './discover/builds.ts';
import { discoverManifests } from './discover/discover.ts';
import { directoryOf } from './discover/path.ts';
import { UserError } from './errors.ts';
import { LineIndex } from './files/lines.ts';
import { openPath } from './files/open.ts';
import type { RenderEngine } from './render/engine/protocol.ts';
import type { OriginLine } from './render/origin-lines.ts';
import { printManifests, printTarget } from './render/print.ts';
import type { RenderProblem, Sources } from './render/rendering.ts';

/** What the user wants to be rendered, and how. */
export interface RenderFlags {
  /** Paths of values files, from the current directory. */
  readonly values?: readonly string[];
  /** Assignments as helm's `--set` takes them. */
  readonly set?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
  readonly 'kubernetes-version'?: string;
  /** Whether each line says where it comes from. */
  readonly origins?: boolean;
}

/** What was rendered, to the byte, and what could not be: one line each. It may hold anything: escape it for a terminal. */
export interface Rendered {
  readonly text: string;
  readonly problems: readonly string[];
}

/**
 * Renders one chart, overlay or directory of plain manifests for a person to read.
 * @throws {UserError} when the path holds several of them, or none.
 */
export async function render(
  cwd: string,
  path: string,
  flags: RenderFlags,
  engine: () => RenderEngine,
): Promise<Rendered> {
  const { tree, root, path: below } = await openPath(cwd, path, mayRefer);
  try {
    const paths = (await tree.list()).map((entry) => entry.path);
    const directory = buildDirectory(below, paths);
    const settings = resolveSettings(flags, { config: {} }, []);
    const { kubernetesMinor } = settings;
    const { values = [], set = [], release, namespace } = flags;
    const fromRoot = (file: string) => `/${relative(root, resolve(cwd, file)).split(sep).join('/')}`;
    const asked: TargetSettings[] =
      directory === undefined
        ? []
        : [
            {
              path: directory,
              ...(values.length > 0 && { values: values.map(fromRoot) }),
              ...(set.length > 0 && { set }),
              ...(release !== undefined && { release }),
              ...(namespace !== undefined && { namespace }),
            },
          ];
    const builds = await discoverBuilds(
      tree,
      {
        ...settings,
        exclude: [],
        targets: asked,
        valuesConventions: false,
        configFile: paths[0],
        whereInConfig: () => '--values',
      },
      below,
    );
    const target = builds.targets.find((each) => each.directory === directory);
    if (target === undefined) return await renderPlain(path, builds, flags);
    const { lines, problems } = await printTarget(target, { files: builds.files, engine, kubernetesMinor });
    return { text: show(lines, flags), problems: problems.map((each) => describe(each, builds.files)) };
  } finally {
    await tree.close();
  }
}

/** The directory of the chart or kustomization that a path means; undefined when it holds neither itself. */
function buildDirectory(path: string, paths: readonly string[]): string | undefined {
  const own = paths.filter(mayRefer);
  if (own.includes(path)) return directoryOf(path);
  return own.some((file) => directoryOf(file) === path) ? path : undefined;
}

async function renderPlain(path: string, builds: Builds, flags: RenderFlags): Promise<Rendered> {
  const inside = builds.targets.map(({ directory }) => directory);
  if (inside.length > 0)
    throw new UserError('This directory holds several charts or kustomizations.', {
      where: path,
      todo: `Name one of them: ${[...new Set(inside)].slice(0, 10).join(', ')}.`,
    });
  const plain = await discoverManifests(builds, { exclude: [] });
  if (plain.targets.length === 0)
    throw new UserError('There is no chart, no kustomization and no Kubernetes object here.', {
      where: path,
      todo: 'Name a directory with a Chart.yaml, a kustomization.yaml or manifests.',
    });
  return { text: show(printManifests(plain.targets, builds.files), flags), problems: [] };
}

function show(lines: readonly OriginLine[], { origins = false }: RenderFlags): string {
  if (!origins) return lines.map(({ text }) => `${text}\n`).join('');
  const places = lines.map(({ origin }) =>
    origin === undefined ? '' : `${origin.file}:${origin.line}  ${origin.role} ${origin.precision}`,
  );
  const width = places.reduce((most, place) => Math.max(most, place.length), 0);
  return lines.map(({ text }, index) => `${(places[index] ?? '').padEnd(width)} | ${text}\n`).join('');
}

function describe({ file, start, message }: RenderProblem, sources: Sources): string {
  const { line, column } = new LineIndex(sources.get(file)?.text ?? '').position(start);
  return `${file}:${line}:${column}: ${message}`;
}
