import { parseYaml } from '../yaml/parse.ts';
import { Field, isObject } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';

// Sources of this file: the API documents of fluxcd/source-controller, kustomize-controller 1.x and helm-controller.

export const kustomizationKind = 'Kustomization.kustomize.toolkit.fluxcd.io';
export const helmReleaseKind = 'HelmRelease.helm.toolkit.fluxcd.io';

/** The group of GitRepository, OCIRepository, HelmRepository, HelmChart and Bucket. */
export const sourceGroup = 'source.toolkit.fluxcd.io';

/** Name of the source that `flux bootstrap` and the Flux Operator make of the repository itself. */
export const bootstrapName = 'flux-system';

/** Whether a text has a `${VARIABLE}` that Flux may fill in. */
export function hasVariable(text: string | undefined): boolean {
  return text?.includes('${') ?? false;
}

/**
 * Tells of an index whether some Kustomization patches objects of a kind (such as `HelmRelease`) at a path, above or
 * below it. Which of them its selectors choose is left open. To be given to `derived`.
 */
export function patching(kind: string, ...path: readonly string[]): (index: ObjectIndex) => boolean {
  const pointer = path.map((key) => `/${key}`).join('');
  return (index) =>
    index
      .derived(patchesOf)
      .some((patch) => (patch.kind ?? kind) === kind && touches(patch.value, path, pointer));
}

interface Patch {
  /** Undefined for any kind. */
  readonly kind: string | undefined;
  /** A partial object, or a list of operations (RFC 6902). */
  readonly value: Field;
}

function patchesOf(index: ObjectIndex): Patch[] {
  return index.ofKind(kustomizationKind).flatMap(({ root }) => patchesIn(root.at('spec'), 0));
}

/** Kustomizations that patch Kustomizations to patch others are in use; deeper than that, none. */
const deepest = 5;

function patchesIn(spec: Field, depth: number): Patch[] {
  const written = ['patches', 'patchesJson6902', 'patchesStrategicMerge'].flatMap((name) =>
    spec.at(name).items(),
  );
  return written.flatMap((item): Patch[] => {
    const { value } = item.at('patch').exists ? item.at('patch') : item;
    const text = typeof value === 'string' ? parseYaml(value).documents : [{ value }];
    return text.flatMap((document): Patch[] => {
      const patch = new Field(document.value);
      const kind = item.at('target', 'kind').string ?? patch.at('kind').string;
      const inner = depth < deepest ? patchesIn(patch.at('spec'), depth + 1) : [];
      return [{ kind, value: patch }, ...inner];
    });
  });
}

function touches(patch: Field, path: readonly string[], pointer: string): boolean {
  if (isObject(patch.value)) return patch.at(...path).exists;
  return patch.items().some((operation) => {
    const at = operation.at('path').string ?? '';
    return `${at}/`.startsWith(`${pointer}/`) || pointer.startsWith(`${at}/`);
  });
}

/** The `spec.path` of a Kustomization from the root of its source, `.` for that; undefined when it leads out or has variables. */
export function pathInSource(spec: Field): string | undefined {
  const text = spec.at('path').string ?? '';
  if (hasVariable(text)) return undefined;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return undefined;
  return parts.join('/') || '.';
}

/**
 * Whether the source of a Kustomization is the repository that is checked, as far as can be told: the GitRepository
 * that `flux bootstrap` makes, or any other most of whose paths are here.
 * @param hasDirectory whether the repository has a directory.
 */
export function isOwnSource(
  index: ObjectIndex,
  spec: Field,
  hasDirectory: (path: string) => boolean,
): boolean {
  const reference = spec.at('sourceRef');
  const name = reference.at('name').string;
  if (reference.at('kind').value !== 'GitRepository' || name === undefined) return false;
  if (index.derived(mixedSources).has(name)) return false;
  const paths = index.derived(pathsBySource).get(name) ?? [];
  return name === bootstrapName ? paths.some(hasDirectory) : areMostHere(paths, hasDirectory);
}

/**
 * Whether paths of one source look like paths of the repository: two at least are there, and four of five.
 * @param hasDirectory whether the repository has a directory.
 */
export function areMostHere(paths: readonly string[], hasDirectory: (path: string) => boolean): boolean {
  const here = paths.filter(hasDirectory).length;
  return here >= 2 && here * 5 >= paths.length * 4;
}

/** Enough paths to tell whose they are. */
const mostSampled = 50;

/** Names of the GitRepositories that mix in other repositories, or follow something else than the main branch. */
function mixedSources(index: ObjectIndex): ReadonlySet<string> {
  const mixed = index.ofKind(`GitRepository.${sourceGroup}`).filter(({ name, root }) => {
    const spec = root.at('spec');
    const branch = spec.at('ref', 'branch').string;
    const isMain = branch !== undefined ? /^(?:main|master)$/.test(branch) : !spec.at('ref').exists;
    return spec.at('include').exists || !(isMain || name === bootstrapName);
  });
  return new Set(mixed.map(({ name }) => name));
}

/** Paths of Kustomizations by the name of their GitRepository, each once and without the root. */
function pathsBySource(index: ObjectIndex): ReadonlyMap<string, readonly string[]> {
  const bySource = new Map<string, Set<string>>();
  for (const { root } of index.ofKind(kustomizationKind)) {
    const spec = root.at('spec');
    const name = spec.at('sourceRef', 'name').string;
    const path = pathInSource(spec);
    if (name === undefined || path === undefined || path === '.') continue;
    const paths = bySource.get(name) ?? new Set();
    bySource.set(name, paths);
    if (paths.size < mostSampled) paths.add(path);
  }
  return new Map([...bySource].map(([name, paths]) => [name, [...paths]]));
}

/** `${NAME}` without a default and the like; Flux leaves `$${NAME}` alone. */
const variable = /(?<!\$)\$\{([A-Za-z_]\w*)\}/g;

/** The variables in the texts of an object for which it has no default, each at the first place that has it. */
export function variablesIn(field: Field): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>();
  const walk = (at: Field) => {
    if (at.string?.includes('${'))
      for (const [, name = ''] of at.string.matchAll(variable)) if (!found.has(name)) found.set(name, at);
    for (const inner of [...at.properties(), ...at.items()]) walk(inner);
  };
  walk(field);
  return found;
}

/**
 * The circles of `dependsOn` among Kustomizations and among HelmReleases, each in the order of dependency and under
 * the first of them by namespace and name. Objects of which there are several with one name do not count.
 */
export function dependencyCycles<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<T, readonly T[]> {
  const cycles = new Map<T, readonly T[]>();
  for (const kind of [kustomizationKind, helmReleaseKind]) {
    const objects = new Map<string, T | undefined>();
    for (const object of index.ofKind(kind)) {
      const key = keyOf(object.namespace, object.name);
      objects.set(key, objects.has(key) ? undefined : object);
    }
    const next = ({ root, namespace }: T) =>
      dependenciesOf(root).flatMap((dependency) => {
        const { string: name = '' } = dependency.at('name');
        return objects.get(keyOf(dependency.at('namespace').string ?? namespace, name)) ?? [];
      });
    for (const cycle of cyclesIn([...objects.values()], next)) {
      const keys = cycle.map(({ namespace, name }) => keyOf(namespace, name));
      const start = keys.indexOf(keys.toSorted()[0] ?? '');
      const [first, ...rest] = [...cycle.slice(start), ...cycle.slice(0, start)];
      if (first !== undefined && !cycles.has(first)) cycles.set(first, [first, ...rest]);
    }
  }
  return cycles;
}

/** The items of `spec.dependsOn`. */
export function dependenciesOf(root: Field): Field[] {
  return root.at('spec', 'dependsOn').items();
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** Circles of a graph, found by walking it in depth; not recursive, as a chain may be of any length. */
function cyclesIn<T>(nodes: readonly (T | undefined)[], next: (node: T) => T[]): T[][] {
  const cycles: T[][] = [];
  const done = new Set<T>();
  for (const start of nodes) {
    if (start === undefined || done.has(start)) continue;
    const path = [{ node: start, rest: next(start) }];
    const places = new Map([[start, 0]]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const node = top.rest.pop();
      const place = node === undefined ? undefined : places.get(node);
      if (node === undefined) {
        done.add(top.node);
        places.delete(top.node);
        path.pop();
      } else if (place !== undefined) cycles.push(path.slice(place).map((each) => each.node));
      else if (!done.has(node)) {
        places.set(node, path.length);
        path.push({ node, rest: next(node) });
      }
    }
  }
  return cycles;
}
