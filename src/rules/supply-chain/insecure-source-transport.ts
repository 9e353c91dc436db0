import { isTestPath } from '../../discover/test-path.ts';
import { applicationSources, argoApplications, isArgoRepository } from '../../kubernetes/argo-cd.ts';
import type { Field } from '../../kubernetes/field.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { hostOf, isLocalHost, remotesOf } from '../../kubernetes/remote-source.ts';
import { decodeBase64 } from '../../kubernetes/secret-patterns.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

const fluxSources = [
  'GitRepository.source.toolkit.fluxcd.io',
  'HelmRepository.source.toolkit.fluxcd.io',
  'OCIRepository.source.toolkit.fluxcd.io',
  'Bucket.source.toolkit.fluxcd.io',
];

export default defineRule({
  id: 'supply-chain/insecure-source-transport',
  severity: 'high',
  kinds: [
    ...fluxSources,
    ...argoApplications,
    'Secret',
    projectKinds.chart,
    projectKinds.kustomization,
    projectKinds.component,
  ],
  summary: 'Source is fetched without a secure connection',
  why: 'Whoever is on the way between the cluster and the source can change what gets deployed, and reads the credentials that are sent.',
  remedy:
    'Use https:// or ssh://, and trust a private certificate authority or host key instead of switching the check off.',
  controls: ['nist-800-53/r5:SC-8', 'nist-800-190:4.2.1', 'pci-dss/4.0.1:4.2.1'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  // The Secrets of Argo CD hold credentials beside the address.
  sensitive: true,
  messages: {
    plain: 'What comes from {host} is fetched over {scheme}, without encryption.',
    local: {
      text: 'What comes from {host} is fetched over {scheme}, without encryption.',
      severity: 'low',
      recommended: false,
    },
    unverified: 'The certificate or host key of the source is not verified ({field}).',
    insecure: {
      text: 'The source may be fetched over plain HTTP, or with a certificate that nobody verified ({field}).',
      severity: 'high',
    },
    'insecure-local': {
      text: 'The source in the cluster may be fetched over plain HTTP ({field}).',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    for (const place of urlsOf(manifest)) {
      const url = textOf(place);
      const [, scheme] = /^(http|git|ftp):\/\//i.exec(url.replace(/^git::/, '')) ?? [];
      const host = hostOf(url.replace(/^git::/, ''));
      if (scheme === undefined || host === undefined || /[{}$]/.test(host)) continue;
      report(place, isLocalHost(host) ? 'local' : 'plain', { host, scheme });
    }
    const spec = manifest.root.at('spec');
    if (fluxSources.includes(manifest.groupKind) && spec.at('insecure').value === true) {
      const address = (spec.at('url').string ?? spec.at('endpoint').string ?? '').replace(/^[a-z]+:\/\//, '');
      const isLocal = isLocalHost(address.split(/[:/]/, 1)[0] ?? '');
      report(spec.at('insecure'), isLocal ? 'insecure-local' : 'insecure', { field: 'insecure' });
    }
    if (isRepository(manifest))
      for (const field of ['insecure', 'insecureIgnoreHostKey'])
        for (const place of entries(manifest, field))
          if (textOf(place) === 'true') report(place, 'unverified', { field });
  },
});

function isRepository(manifest: Manifest): boolean {
  return manifest.groupKind === 'Secret' && isArgoRepository(manifest);
}

/** The addresses of sources that an object names. */
function urlsOf(manifest: Manifest): Field[] {
  const { root, groupKind } = manifest;
  switch (groupKind) {
    case projectKinds.chart:
      return root
        .at('dependencies')
        .items()
        .map((dependency) => dependency.at('repository'));
    case projectKinds.kustomization:
    case projectKinds.component:
      return [
        ...remotesOf(root).map(({ place }) => place),
        ...root
          .at('helmCharts')
          .items()
          .map((chart) => chart.at('repo')),
      ];
    case 'Secret':
      return isRepository(manifest) ? entries(manifest, 'url') : [];
  }
  if (argoApplications.includes(groupKind))
    return applicationSources(manifest).map((source) => source.at('repoURL'));
  return [root.at('spec', 'url')];
}

function entries({ root }: Manifest, key: string): Field[] {
  return ['stringData', 'data'].map((list) => root.at(list, key)).filter(({ exists }) => exists);
}

/** The text of a field, decoded under `data` of a Secret. */
function textOf(place: Field): string {
  const text = place.string ?? '';
  const isEncoded = place.parent?.key === 'data';
  return ((isEncoded ? decodeBase64(text) : undefined) ?? text).trim();
}
