import { applicationSources, argoApplications } from './argo-cd.ts';
import type { Field } from './field.ts';
import { helmReleaseKind, sourceGroup } from './flux.ts';
import type { Inventory } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { projectKinds } from './project-file.ts';

/** A chart that an object names. */
export interface NamedChart {
  readonly name: string;
  /** Where the name stands. */
  readonly place: Field;
  /** Address of the chart repository; undefined when it is not known. */
  readonly repository: string | undefined;
}

/** `Kind.group` of what {@link chartsNamedBy} reads. */
export const chartNamingKinds: readonly string[] = [
  projectKinds.chart,
  projectKinds.kustomization,
  projectKinds.component,
  helmReleaseKind,
  `HelmChart.${sourceGroup}`,
  'HelmChart.helm.cattle.io',
  ...argoApplications,
];

/** The charts that an object has installed or built in. Charts in the repository itself are left out. */
export function chartsNamedBy(
  object: KubernetesObject,
  inventory: Pick<Inventory, 'target' | 'repository'>,
): NamedChart[] {
  const { groupKind, root } = object;
  if (groupKind === projectKinds.chart)
    return root
      .at('dependencies')
      .items()
      .flatMap((each) => named(each.at('name'), each.at('repository').string));
  if (groupKind === projectKinds.kustomization || groupKind === projectKinds.component)
    return root
      .at('helmCharts')
      .items()
      .flatMap((each) => named(each.at('name'), each.at('repo').string ?? localChart));
  if (argoApplications.includes(groupKind))
    return applicationSources(object).flatMap((source) =>
      named(source.at('chart'), source.at('repoURL').string),
    );
  if (groupKind === 'HelmChart.helm.cattle.io')
    return named(root.at('spec', 'chart'), root.at('spec', 'repo').string);
  const path = groupKind === helmReleaseKind ? ['spec', 'chart', 'spec'] : ['spec'];
  if (root.valueAt(...path, 'sourceRef', 'kind') !== 'HelmRepository') return [];
  const spec = root.at(...path);
  return named(spec.at('chart'), repositoryOf(spec.at('sourceRef'), object, inventory));
}

/** The address of the HelmRepository that a `sourceRef` names; undefined when it is not in sight. */
function repositoryOf(
  reference: Field,
  { namespace }: KubernetesObject,
  { target, repository }: Pick<Inventory, 'target' | 'repository'>,
): string | undefined {
  const name = reference.at('name').string ?? '';
  const at = reference.at('namespace').string ?? namespace;
  const source = [target, repository]
    .map((index) => index.find(`HelmRepository.${sourceGroup}`, at, name)[0])
    .find((found) => found !== undefined);
  return source?.root.at('spec', 'url').string;
}

/** The same for all ways to write the address of a chart repository: scheme, case and a slash at the end do not count. */
export function chartRepositoryKey(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/\/+$/, '');
}

const localChart = 'file://';

function named(place: Field, repository: string | undefined): NamedChart[] {
  const name = place.string;
  if (!name || repository?.startsWith(localChart)) return [];
  // `@name` and `alias:name` stand for an address that helm was given elsewhere.
  const isAddress = repository !== undefined && /^[a-z+]+:\/\//.test(repository);
  return [{ name, place, repository: isAddress ? repository : undefined }];
}
