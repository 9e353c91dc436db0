import { type Builds, isBelow } from '../discover/builds.ts';
import { manifestsTargets, type PlainManifests } from '../discover/discover.ts';
import { chartOfPart } from '../discover/helm.ts';
import { isKustomization } from '../discover/kustomize.ts';
import { baseName, directoryOf } from '../discover/path.ts';
import type { SourceFile } from '../discover/source-file.ts';
import type { Target } from '../discover/target.ts';
import { Field } from '../kubernetes/field.ts';
import {
  mayConfigureNodes,
  nodeConfigKind,
  projectKinds,
  projectObject,
} from '../kubernetes/project-file.ts';
import type { Manifest } from './manifest.ts';
import { plainManifest } from './manifests.ts';
import type { RenderedTarget } from './rendering.ts';

/**
 * The files that decide what a cluster gets, as manifests of their own kinds ({@link projectKinds}): kustomizations,
 * charts, their values and locks, what SOPS is to encrypt, and what configures nodes. Each belongs to a target that is
 * made of it.
 */
export async function projectManifests(
  { paths, files, charts, scaffolds, templates, targets }: Builds,
  { outcomes }: PlainManifests,
  rendered: readonly RenderedTarget[],
): Promise<Manifest[]> {
  const values = new Set(
    targets.flatMap((target) =>
      target.kind === 'chart' ? target.values.flatMap(({ file }) => file ?? []) : [],
    ),
  );
  const targetOf = ownersOf(rendered);
  const manifests: Manifest[] = [];
  for (const path of paths) {
    const directory = directoryOf(path);
    if (chartOfPart(path, charts) !== undefined || scaffolds.has(directory)) continue;
    if (isBelow(path, templates)) continue;
    const isValues = values.has(path) || (charts.has(directory) && baseName(path) === 'values.yaml');
    const kind = isValues ? projectKinds.values : kindOf(path);
    if (kind === undefined) {
      if (outcomes.get(path)?.status === 'checked')
        manifests.push(...nodeConfigs(targetOf(path), files.get(path)));
      continue;
    }
    await files.keep(path);
    const source = files.get(path);
    const document = source?.documents[0];
    if (source === undefined || document === undefined) continue;
    const own = isKustomization(path) ? kustomizationKind(source) : kind;
    const fallback = isKustomization(path) ? directory : path;
    const object = own === undefined ? undefined : projectObject(own, document.value, fallback);
    if (object === undefined) continue;
    const role = isValues ? 'values' : 'literal';
    manifests.push(plainManifest(targetOf(path), source, document, { object, path: [] }, role));
  }
  return manifests;
}

/** The documents of a plain file that configure nodes; they are known by what they hold. */
function nodeConfigs(target: Target, source: SourceFile | undefined): Manifest[] {
  if (source === undefined || !mayConfigureNodes(source.text)) return [];
  return source.documents.flatMap((document) => {
    const kind = nodeConfigKind(document.value);
    const object = kind === undefined ? undefined : projectObject(kind, document.value, source.path);
    return object === undefined ? [] : [plainManifest(target, source, document, { object, path: [] })];
  });
}

function kindOf(path: string): string | undefined {
  if (isKustomization(path)) return projectKinds.kustomization;
  return kindsByName[baseName(path)];
}

const kindsByName: Readonly<Record<string, string>> = {
  'Chart.yaml': projectKinds.chart,
  'Chart.lock': projectKinds.lock,
  '.sops.yaml': projectKinds.sops,
  '.sops.yml': projectKinds.sops,
};

/** Undefined when the file is something else under this name, such as an object of Flux. */
function kustomizationKind({ documents: [document] }: SourceFile): string | undefined {
  const root = new Field(document?.value);
  const version = root.at('apiVersion').string;
  if (version?.includes('/') && !version.startsWith('kustomize.config.k8s.io/')) return undefined;
  return root.at('kind').value === 'Component' ? projectKinds.component : projectKinds.kustomization;
}

/** The target that a file belongs to: the one of its directory, else the first that is made of it. */
function ownersOf(rendered: readonly RenderedTarget[]): (path: string) => Target {
  const owners = new Map<string, Target>();
  for (const { target } of rendered)
    for (const file of target.files) {
      const isOwn = 'directory' in target && target.directory === directoryOf(file);
      const isValues = target.kind === 'chart' && target.values.at(-1)?.file === file;
      if (isOwn || isValues || !owners.has(file)) owners.set(file, target);
    }
  return (path) => owners.get(path) ?? pseudoTarget(path);
}

function pseudoTarget(path: string): Target {
  const [target] = manifestsTargets([path], new Set());
  if (target === undefined) throw new Error(`no target for ${path}`);
  return target;
}
