import { append, groupBy } from '../group-by.ts';
import { applicationSources, argoApplications } from './argo-cd.ts';
import table from './data/crd-lifecycle.json' with { type: 'json' };
import { type Field, splitPointer } from './field.ts';
import { helmReleaseKind, sourceGroup } from './flux.ts';
import { parseImageReference } from './image-reference.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { projectKinds } from './project-file.ts';
import { containersOf, podOf, workloadKinds } from './workload.ts';

/** A version of kinds that a project has removed, or is going to. Releases are those of the project. */
interface Lifecycle {
  readonly group: string;
  /** All kinds of the group when not given. */
  readonly kinds?: readonly string[];
  readonly versions: readonly string[];
  readonly deprecated?: string;
  /** First release that does not serve it. */
  readonly removed?: string;
  /** The chart of that release, where charts count differently. */
  readonly removedInChart?: string;
  /** The `apiVersion` to move to. */
  readonly replacement: string;
}

/** A project whose controllers serve custom resources, and how its release is told. */
interface Project {
  readonly name: string;
  /** Names of its charts. */
  readonly charts?: readonly string[];
  /** Ends of its images' repositories. */
  readonly images?: readonly string[];
  /** Its repository on GitHub, from which kustomizations and Flux take manifests of a release. */
  readonly repository?: string;
  /** Fields that hold the release. */
  readonly fields?: readonly { readonly kind: string; readonly pointer: string }[];
  readonly rows: readonly Lifecycle[];
}

const projects: readonly Project[] = table.projects;

/** The names of the projects that the table knows. */
export const projectNames: readonly string[] = projects.map(({ name }) => name);

/** What the table says of an object's API version. */
export interface CrdLifecycle extends Lifecycle {
  readonly project: string;
}

const byGroup = groupBy(
  projects.flatMap(({ name, rows }) => rows.map((row): CrdLifecycle => ({ ...row, project: name }))),
  ({ group }) => group,
);

/** What the table of removed custom resources has on an object; undefined when it has nothing. */
export function crdLifecycleOf({ group, version, kind }: KubernetesObject): CrdLifecycle | undefined {
  return byGroup
    .get(group)
    ?.find(({ versions, kinds }) => versions.includes(version) && (kinds?.includes(kind) ?? true));
}

/** The release of a project that something installs. */
export interface Release<T> {
  readonly object: T;
  /** Where the version stands. */
  readonly place: Field;
  /** The version as it is written, such as `v1.14.2` or `1.x`. */
  readonly version: string;
  readonly isChart: boolean;
}

/** The releases in an index by name of the project. To be given to `derived`. */
export function releasesOf<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly Release<T>[]> {
  const found = new Map<string, Release<T>[]>();
  const add = (
    project: Project | undefined,
    object: T,
    place: Field,
    version = place.string,
    isChart = false,
  ) => {
    if (project === undefined || version === undefined) return;
    append(found, project.name, { object, place, version, isChart });
  };
  for (const [kind, charts] of chartReaders)
    for (const object of index.ofKind(kind))
      for (const { name, version } of charts(object))
        add(ofChart.get(nameOfChart(name)), object, version, version.string, true);
  for (const object of index.ofKind(`OCIRepository.${sourceGroup}`)) {
    const url = object.root.at('spec', 'url').string ?? '';
    const tag = object.root.at('spec', 'ref', 'tag');
    add(ofImage(url) ?? ofChart.get(nameOfChart(url)), object, tag, tag.string, ofImage(url) === undefined);
  }
  for (const object of index.ofKind(`GitRepository.${sourceGroup}`))
    add(
      ofRepository(object.root.at('spec', 'url').string ?? ''),
      object,
      object.root.at('spec', 'ref', 'tag'),
    );
  for (const object of index.ofKind(projectKinds.kustomization))
    for (const resource of object.root.at('resources').items()) {
      const version = /(?:[?&](?:ref|version)=|\/download\/)([^&/]+)/.exec(resource.string ?? '')?.[1];
      if (version !== undefined) add(ofRepository(resource.string ?? ''), object, resource, version);
    }
  for (const object of index.ofKind(...workloadKinds)) {
    const pod = podOf(object);
    for (const { field } of pod === undefined ? [] : containersOf(pod)) {
      const image = parseImageReference(field.at('image').string ?? '');
      if (image?.tag !== undefined) add(ofImage(image.repository), object, field.at('image'), image.tag);
    }
  }
  for (const project of projects)
    for (const { kind, pointer } of project.fields ?? [])
      for (const object of index.ofKind(kind)) add(project, object, object.root.at(...splitPointer(pointer)));
  return found;
}

const ofChart = new Map(
  projects.flatMap((project) => (project.charts ?? []).map((chart) => [chart, project] as const)),
);

/** The last part of a chart's name, which may be a path or a URL. */
function nameOfChart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function ofImage(repository: string): Project | undefined {
  return projects.find(({ images = [] }) =>
    images.some((image) => repository === image || repository.endsWith(`/${image}`)),
  );
}

function ofRepository(url: string): Project | undefined {
  return projects.find(({ repository }) => {
    const rest = repository === undefined ? undefined : url.split(`/${repository}`)[1];
    return rest !== undefined && /^(?:$|[./?@])/.test(rest);
  });
}

interface NamedChart {
  readonly name: string;
  /** Where the version stands. */
  readonly version: Field;
}

/** The charts that objects of a kind install. */
const chartReaders = new Map<string, (object: KubernetesObject) => NamedChart[]>([
  [helmReleaseKind, ({ root }) => chartAt(root.at('spec', 'chart', 'spec'), 'chart', 'version')],
  [`HelmChart.${sourceGroup}`, ({ root }) => chartAt(root.at('spec'), 'chart', 'version')],
  ['HelmChart.helm.cattle.io', ({ root }) => chartAt(root.at('spec'), 'chart', 'version')],
  ...argoApplications.map(
    (kind) =>
      [
        kind,
        (object: KubernetesObject) =>
          applicationSources(object).flatMap((source) => chartAt(source, 'chart', 'targetRevision')),
      ] as const,
  ),
  [
    projectKinds.chart,
    ({ root }) =>
      root
        .at('dependencies')
        .items()
        .flatMap((each) => chartAt(each, 'name', 'version')),
  ],
  [
    projectKinds.kustomization,
    ({ root }) =>
      root
        .at('helmCharts')
        .items()
        .flatMap((each) => chartAt(each, 'name', 'version')),
  ],
]);

function chartAt(place: Field, name: string, version: string): NamedChart[] {
  const text = place.at(name).string;
  return text === undefined ? [] : [{ name: text, version: place.at(version) }];
}

/**
 * Whether a release serves the version of a lifecycle; undefined when that cannot be told, as of a range of versions that
 * starts before the removal.
 */
export function serves(
  { version, isChart }: Pick<Release<unknown>, 'version' | 'isChart'>,
  { removed, removedInChart }: Lifecycle,
): boolean | undefined {
  const end = (isChart ? removedInChart : undefined) ?? removed;
  if (end === undefined) return true;
  const lowest = lowestOf(version);
  if (lowest === undefined) return undefined;
  if (compare(lowest, end) >= 0) return false;
  return /^v?[0-9]+\.[0-9]+\.[0-9]+/.test(version) ? true : undefined;
}

/** Whether a release may have deprecated the version of a lifecycle. */
export function mayDeprecate(
  { version, isChart }: Pick<Release<unknown>, 'version' | 'isChart'>,
  { deprecated, removedInChart }: Lifecycle,
): boolean {
  const lowest = isChart && removedInChart !== undefined ? undefined : lowestOf(version);
  return deprecated !== undefined && (lowest === undefined || compare(lowest, deprecated) >= 0);
}

/** The version in a text, of a range the lowest one; undefined when there is none, or no lowest. */
function lowestOf(version: string): string | undefined {
  return /^[~^>=v\s]*([0-9]+(?:\.[0-9]+)*)/.exec(version)?.[1];
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A custom resource definition. */
export interface Definition<T> {
  readonly object: T;
  readonly versions: readonly DefinedVersion[];
}

/** A version of a custom resource definition. */
export interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  readonly deprecated: boolean;
}

/** The custom resource definitions of an index by the `Kind.group` that they define. To be given to `derived`. */
export function definitionsOf<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly Definition<T>[]> {
  const found = new Map<string, Definition<T>[]>();
  for (const object of index.ofKind('CustomResourceDefinition.apiextensions.k8s.io')) {
    const spec = object.root.at('spec');
    const groupKind = `${spec.at('names', 'kind').string}.${spec.at('group').string}`;
    const versions = spec.at('versions').items().map(definedVersion);
    const single = spec.at('version').string;
    if (versions.length === 0 && single !== undefined)
      versions.push({ name: single, served: true, deprecated: false });
    append(found, groupKind, { object, versions });
  }
  return found;
}

function definedVersion(version: Field): DefinedVersion {
  return {
    name: version.at('name').string ?? '',
    served: version.at('served').value !== false,
    deprecated: version.at('deprecated').value === true,
  };
}
