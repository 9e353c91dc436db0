import { isTestPath } from '../../discover/test-path.ts';
import { applicationSources, argoApplications } from '../../kubernetes/argo-cd.ts';
import { isFloatingVersion } from '../../kubernetes/chart-version.ts';
import type { Field } from '../../kubernetes/field.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'supply-chain/chart-version-floating',
  severity: 'medium',
  kinds: [
    projectKinds.chart,
    projectKinds.kustomization,
    projectKinds.component,
    'HelmRelease.helm.toolkit.fluxcd.io',
    'HelmChart.source.toolkit.fluxcd.io',
    ...argoApplications,
  ],
  summary: 'Chart is not pinned to a version',
  why: 'Whenever the publisher releases a chart, the next build or sync runs something else, without a change or a review here.',
  remedy: 'Name one version, or commit Chart.lock beside a range; let a bot propose updates.',
  controls: ['nist-800-53/r5:CM-2', 'nist-800-53/r5:SR-4'],
  bundle: 'SUPPLY',
  recommended: true,
  since: '0.1.0',
  messages: {
    absent: 'The chart {chart} has no version, so the newest one is taken.',
    range: 'The chart {chart} has no one version: {version} takes the newest that fits.',
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    for (const { entry, name, version } of chartsOf(manifest)) {
      const place = entry.at(version);
      const text = typeof place.value === 'number' ? String(place.value) : (place.string ?? '');
      const chart = entry.at(name).string;
      if (chart === undefined || chart.includes('{') || !isFloatingVersion(text)) continue;
      report(place, text === '' ? 'absent' : 'range', { chart, version: text });
    }
  },
});

/** An entry that names a chart, and the properties for its name and version. */
interface NamedChart {
  readonly entry: Field;
  readonly name: string;
  readonly version: string;
}

/** The charts that an object fetches from a chart repository. */
function chartsOf(manifest: Manifest): NamedChart[] {
  const { root, groupKind } = manifest;
  const named = (entry: Field): NamedChart => ({ entry, name: 'name', version: 'version' });
  if (groupKind === projectKinds.chart)
    return isLocked(manifest)
      ? []
      : root
          .at('dependencies')
          .items()
          // A chart beside this one is of the same commit.
          .filter((entry) => isRemote(entry.at('repository')))
          .map(named);
  if (argoApplications.includes(groupKind))
    return (
      applicationSources(manifest)
        // Such an address is one of a Git repository, where a chart is named by its path.
        .filter((source) => source.at('chart').exists && !source.at('repoURL').string?.endsWith('.git'))
        .map((entry) => ({ entry, name: 'chart', version: 'targetRevision' }))
    );
  if (groupKind === projectKinds.kustomization || groupKind === projectKinds.component)
    return root
      .at('helmCharts')
      .items()
      .filter((entry) => isRemote(entry.at('repo')))
      .map(named);
  const spec = groupKind.startsWith('HelmChart.') ? root.at('spec') : root.at('spec', 'chart', 'spec');
  // Charts from Git and buckets are of the source's revision.
  const isRepository = spec.at('sourceRef', 'kind').value === 'HelmRepository';
  return isRepository ? [{ entry: spec, name: 'chart', version: 'version' }] : [];
}

/** Whether an address is one of a chart repository, or a name that helm was given for one. */
function isRemote({ string }: Field): boolean {
  return /^(?:https?|oci):|^@|^alias:/.test(string ?? '');
}

/** Whether the exact versions are committed: in a lock, or as the charts themselves. */
function isLocked(manifest: Manifest): boolean {
  const { target, file } = manifest;
  // Of a chart that is no target, such as a library, the other files are not known.
  if (target.kind !== 'chart') return true;
  const directory = file.slice(0, file.lastIndexOf('/') + 1);
  return target.files.some(
    (path) => path === `${directory}Chart.lock` || path.startsWith(`${directory}charts/`),
  );
}
