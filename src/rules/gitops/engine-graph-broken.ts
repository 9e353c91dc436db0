import { didYouMean } from '../../config/did-you-mean.ts';
import { resolveIn } from '../../discover/path.ts';
import { isTestPath } from '../../discover/test-path.ts';
import {
  applicationSources,
  applicationSpec,
  argoApplications,
  followsMain,
  isTemplated,
  pathsByRepository,
  repositoryKey,
} from '../../kubernetes/argo-cd.ts';
import type { Field } from '../../kubernetes/field.ts';
import {
  areMostHere,
  bootstrapName,
  dependenciesOf,
  dependencyCycles,
  hasVariable,
  helmReleaseKind,
  isOwnSource,
  kustomizationKind,
  patching,
  pathInSource,
  sourceGroup,
  variablesIn,
} from '../../kubernetes/flux.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { productsOf } from '../../kubernetes/producers.ts';
import type { Manifest } from '../../render/manifest.ts';
import { type Context, defineRule, type Option, type Paths } from '../rule.ts';

const repositories: Option<readonly string[]> = {
  description:
    'URLs under which Argo CD and Flux read this repository. Without them it is told by the paths that they read.',
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  default: [],
};

type Check = Context<
  'path' | 'source' | 'dependency' | 'cycle' | 'variable' | 'values' | 'project',
  { readonly repositories: readonly string[] }
>;

export default defineRule({
  id: 'gitops/engine-graph-broken',
  severity: 'high',
  kinds: [...argoApplications, kustomizationKind, helmReleaseKind],
  summary: 'Argo CD or Flux looks for something that is not there',
  why: 'The application stays as it was, or is never installed, and only the status of an object in the cluster says why.',
  remedy: 'Correct the name or the path, or add what is missing.',
  controls: ['nist-800-53/r5:CM-3(2)'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  options: { repositories },
  messages: {
    path: '{kind} {name} applies {path}, and there is no such directory in this repository.',
    source: '{kind} {name} needs the {source}, and there is none of that name in this repository.{hint}',
    dependency:
      '{kind} {name} waits for {dependency}, and there is none of that name in this repository.{hint}',
    cycle: 'These wait for each other and are never applied: {chain}.',
    variable:
      'Flux puts nothing in the place of the variable {variable} in {what}, as Kustomization {name} gives it no value.',
    values: {
      text: 'HelmRelease {name} takes values from the ConfigMap {values}, which is not in this repository.{hint}',
      severity: 'low',
      recommended: false,
    },
    project: {
      text: '{kind} {name} is in the project {project}, which is not among those in this repository.{hint}',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    if (isTestPath(context.manifest.file)) return;
    const { kind } = context.manifest;
    if (kind === 'Application' || kind === 'ApplicationSet') {
      checkPaths(context);
      checkProject(context);
      return;
    }
    checkReferences(context);
    checkCycle(context);
    if (kind === 'HelmRelease') checkValues(context);
    else {
      checkPath(context);
      checkVariables(context);
    }
  },
});

/** Whether a path of this repository leads to a directory, or to a link or submodule that may be one. */
function isThere(path: string, paths: Paths): boolean {
  if (paths.hasDirectory(path)) return true;
  const parts = path.split('/');
  return parts.some((_, index) => paths.has(parts.slice(0, index + 1).join('/')));
}

function checkPaths({ manifest, inventory, paths, options, report }: Check): void {
  const own = new Set(options.repositories.map(repositoryKey));
  const { kind, name } = manifest;
  for (const source of applicationSources(manifest)) {
    const url = repositoryKey(source.at('repoURL').string ?? '');
    const place = source.at('path');
    const path = resolveIn('.', place.string ?? '');
    if (!place.string || path === undefined || isTemplated(place) || hasVariable(place.string)) continue;
    if (!followsMain(source)) continue;
    if (isThere(path, paths)) continue;
    const others = inventory.repository.derived(pathsByRepository).get(url) ?? [];
    if (own.has(url) || areMostHere(others, (each) => paths.hasDirectory(each)))
      report(place, 'path', { kind, name, path });
  }
}

function checkProject({ manifest, inventory, report }: Check): void {
  const { kind, name } = manifest;
  const place = applicationSpec(manifest).at('project');
  const { string: project = '' } = place;
  if (project === '' || project === 'default' || isTemplated(place) || hasVariable(project)) return;
  const known = inventory.repository.derived(namesByKind).get('AppProject.argoproj.io');
  if (known === undefined || known.has(project) || !inventory.complete) return;
  report(place, 'project', { kind, name, project, hint: didYouMean(project, [...known]) });
}

/** Names of the objects that those of Argo CD and Flux refer to, by kind. */
function namesByKind(index: ObjectIndex<Manifest>): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { groupKind, name } of index.ofKind(...referred)) {
    const set = names.get(groupKind);
    if (set === undefined) names.set(groupKind, new Set([name]));
    else set.add(name);
  }
  return names;
}

const sourceKinds = ['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Bucket'];
const referred = [
  'AppProject.argoproj.io',
  kustomizationKind,
  helmReleaseKind,
  ...sourceKinds.map((kind) => `${kind}.${sourceGroup}`),
];

/** Makes objects of Flux from templates, whose names are not known. */
const resourceSet = 'ResourceSet.fluxcd.controlplane.io';

/**
 * The names of a kind, when a name that is not among them is a mistake: some are here, some of the namespace that is
 * asked for as well, and nothing else makes them.
 */
function knownNames(
  { manifest, inventory: { repository, complete } }: Check,
  kind: string,
  namespace: string | undefined,
): ReadonlySet<string> | undefined {
  if (!complete || repository.ofKind(resourceSet).length > 0) return undefined;
  const elsewhere = namespace !== undefined && namespace !== manifest.namespace;
  if (elsewhere && repository.ofKindIn(kind, namespace).length === 0) return undefined;
  const names = repository.derived(namesByKind).get(kind);
  // Every repository of Flux has this one.
  return names?.size === 1 && names.has(bootstrapName) ? undefined : names;
}

function checkReferences(context: Check): void {
  const { kind, name, groupKind, root } = context.manifest;
  const spec = root.at('spec');
  const sources = [spec.at('sourceRef'), spec.at('chart', 'spec', 'sourceRef'), spec.at('chartRef')];
  for (const source of sources) {
    const { string: sourceKind = '' } = source.at('kind');
    const place = source.at('name');
    const known = knownNames(context, `${sourceKind}.${sourceGroup}`, source.at('namespace').string);
    if (known === undefined || place.string === bootstrapName) continue;
    const hint = missing(place, known);
    if (hint !== undefined)
      context.report(place, 'source', { kind, name, source: `${sourceKind} ${place.string}`, hint });
  }
  for (const dependency of dependenciesOf(root)) {
    const place = dependency.at('name');
    const known = knownNames(context, groupKind, dependency.at('namespace').string);
    const hint = known && missing(place, known);
    if (hint !== undefined)
      context.report(place, 'dependency', { kind, name, dependency: place.string ?? '', hint });
  }
}

/** A hint at what may be meant when a name is not among the known; undefined when it is, or may be. */
function missing(place: Field, known: ReadonlySet<string>): string | undefined {
  const { string: name } = place;
  if (!name || hasVariable(name) || known.has(name)) return undefined;
  return [...known].some(hasVariable) ? undefined : didYouMean(name, [...known]);
}

function checkCycle({ manifest, inventory, report }: Check): void {
  const cycle = inventory.environment.derived(dependencyCycles).get(manifest);
  if (cycle === undefined) return;
  const [, ...others] = cycle;
  const chain = [...cycle, manifest].map(({ name }) => name).join(' → ');
  const related = others.map((other) => ({
    manifest: other,
    place: other.root.at('spec', 'dependsOn'),
    message: 'one of them',
  }));
  report(manifest.root.at('spec', 'dependsOn'), 'cycle', { chain }, { related });
}

function checkValues({ manifest, inventory, report }: Check): void {
  const { name, namespace, root } = manifest;
  if (!inventory.complete || inventory.repository.ofKind(resourceSet).length > 0) return;
  const products = inventory.repository.derived(productsOf);
  for (const source of root.at('spec', 'valuesFrom').items()) {
    const place = source.at('name');
    const { string: values } = place;
    if (source.at('kind').value !== 'ConfigMap' || source.at('optional').value === true) continue;
    if (!values || hasVariable(values) || products.find('ConfigMap', namespace, values).length > 0) continue;
    if (products.named('ConfigMap', values).length > 0) continue;
    const hint = didYouMean(values, products.names('ConfigMap', namespace));
    report(place, 'values', { name, values, hint });
  }
}

function checkPath({ manifest, inventory, paths, options, report }: Check): void {
  const { kind, name, root } = manifest;
  const spec = root.at('spec');
  const path = pathInSource(spec);
  if (path === undefined || isThere(path, paths)) return;
  const isHere = (each: string) => paths.hasDirectory(each);
  const own = new Set(options.repositories.map(repositoryKey));
  const source = spec.at('sourceRef', 'name').string ?? '';
  const isNamed =
    own.size > 0 &&
    spec.at('sourceRef', 'kind').value === 'GitRepository' &&
    inventory.repository
      .ofKind(`GitRepository.${sourceGroup}`)
      .some(
        (each) => each.name === source && own.has(repositoryKey(each.root.at('spec', 'url').string ?? '')),
      );
  if (isNamed || isOwnSource(inventory.repository, spec, isHere))
    report(spec.at('path'), 'path', { kind, name, path });
}

const patchesPostBuild = patching('Kustomization', 'spec', 'postBuild');

/** Flux fills variables in only where at least one has a value. */
function checkVariables({ manifest, inventory, paths, report }: Check): void {
  const { name, root } = manifest;
  const { repository } = inventory;
  const spec = root.at('spec');
  const postBuild = spec.at('postBuild');
  const path = pathInSource(spec);
  if (path === undefined || !postBuild.exists || repository.derived(patchesPostBuild)) return;
  const unfilled = repository.derived(variablesByOverlay).get(path);
  if (unfilled === undefined) return;
  const given = new Set(
    postBuild
      .at('substitute')
      .properties()
      .map(({ key }) => String(key)),
  );
  for (const source of postBuild.at('substituteFrom').items()) {
    const keys = keysOf(source, repository);
    if (keys === undefined) return;
    for (const key of keys) given.add(key);
  }
  if (given.size === 0 && postBuild.at('substituteStrategy').value !== 'Always') return;
  if (!isOwnSource(repository, spec, (each) => paths.hasDirectory(each))) return;
  for (const [variable, { manifest: user, place }] of unfilled) {
    if (given.has(variable)) continue;
    const what = `${user.kind} ${user.name}`;
    const related = [{ manifest: user, place, message: 'used here' }];
    report(postBuild, 'variable', { variable, what, name }, { related });
  }
}

/** The keys of a ConfigMap or Secret, in all its forms in the repository; undefined when it is not there. */
function keysOf(source: Field, repository: ObjectIndex<Manifest>): string[] | undefined {
  const { string: kind = '' } = source.at('kind');
  const found = repository.ofKind(kind).filter(({ name }) => name === source.at('name').string);
  if (found.length === 0) return undefined;
  return found.flatMap(({ root }) =>
    ['data', 'stringData'].flatMap((list) =>
      root
        .at(list)
        .properties()
        .map(({ key }) => String(key)),
    ),
  );
}

interface Use {
  readonly manifest: Manifest;
  readonly place: Field;
}

/** The variables without default in the objects of each overlay, by its directory. */
function variablesByOverlay(index: ObjectIndex<Manifest>): ReadonlyMap<string, ReadonlyMap<string, Use>> {
  const overlays = new Map<string, Map<string, Use>>();
  for (const manifest of index.all) {
    const { target, root } = manifest;
    if (target.kind !== 'overlay' || isLeftAlone(root)) continue;
    for (const [name, place] of variablesIn(root)) {
      const uses = overlays.get(target.directory) ?? new Map<string, Use>();
      overlays.set(target.directory, uses);
      if (!uses.has(name)) uses.set(name, { manifest, place });
    }
  }
  return overlays;
}

function isLeftAlone(root: Field): boolean {
  return ['annotations', 'labels'].some((list) => {
    const { string } = root.at('metadata', list, 'kustomize.toolkit.fluxcd.io/substitute');
    return string?.toLowerCase() === 'disabled';
  });
}
