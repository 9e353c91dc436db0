import { describe, expect, test } from '@jest/globals';
import { crdLifecycleOf, mayDeprecate, releasesOf, serves } from '../../src/kubernetes/crd-lifecycle.ts';
import table from '../../src/kubernetes/data/crd-lifecycle.json' with { type: 'json' };
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';

function object(apiVersion: string, kind: string, spec: object = {}): KubernetesObject {
  const read = readObject({ apiVersion, kind, metadata: { name: 'a' }, spec });
  if (read === undefined) throw new Error('no object');
  return read;
}

test.each([
  ['external-secrets.io/v1beta1', 'ExternalSecret', '0.17.0'],
  ['external-secrets.io/v1', 'ExternalSecret', undefined],
  ['external-secrets.io/v1alpha1', 'PushSecret', undefined],
  ['notification.toolkit.fluxcd.io/v1beta2', 'Alert', '2.9.0'],
  ['notification.toolkit.fluxcd.io/v1beta3', 'Alert', undefined],
  ['source.toolkit.fluxcd.io/v1beta2', 'OCIRepository', '2.8.0'],
  ['karpenter.sh/v1beta1', 'NodePool', '1.1.0'],
  ['example.com/v1beta1', 'Shop', undefined],
])('%s %s was removed in %s', (apiVersion, kind, removed) => {
  expect(crdLifecycleOf(object(apiVersion, kind))?.removed).toBe(removed);
});

const lifecycle = {
  group: 'example.com',
  versions: ['v1beta1'],
  deprecated: '1.4.0',
  removed: '1.12.0',
  removedInChart: '3.2.0',
  replacement: 'example.com/v1',
};

test.each([
  ['1.11.9', false, true],
  ['v1.11.9', false, true],
  ['1.12.0', false, false],
  ['v1.20.1-alpine', false, false],
  ['1.11', false, undefined],
  ['1.x', false, undefined],
  ['~1.12.0', false, false],
  ['>=1.10.0', false, undefined],
  ['2', false, false],
  ['latest', false, undefined],
  ['3.1.4', true, true],
  ['3.2.0', true, false],
])('the release %s (chart: %s) serves the version: %s', (version, isChart, expected) => {
  expect(serves({ version, isChart }, lifecycle)).toBe(expected);
});

test.each([
  ['1.3.9', false],
  ['1.4.0', true],
  ['latest', true],
])('the release %s may deprecate the version: %s', (version, expected) => {
  expect(mayDeprecate({ version, isChart: false }, lifecycle)).toBe(expected);
});

describe('releasesOf', () => {
  const source = 'source.toolkit.fluxcd.io/v1';
  const pod = (image: string) => ({ containers: [{ name: 'a', image }] });
  test.each([
    [
      'helm.toolkit.fluxcd.io/v2',
      'HelmRelease',
      { chart: { spec: { chart: 'cert-manager', version: '1.5.0' } } },
      'cert-manager 1.5.0',
    ],
    [
      'argoproj.io/v1alpha1',
      'Application',
      { sources: [{ chart: 'kyverno', targetRevision: '3.1.0' }] },
      'Kyverno 3.1.0',
    ],
    ['helm.cattle.io/v1', 'HelmChart', { chart: 'traefik/traefik', version: '27.0.0' }, 'Traefik 27.0.0'],
    [
      source,
      'OCIRepository',
      { url: 'oci://ghcr.io/external-secrets/charts/external-secrets', ref: { tag: '0.9.0' } },
      'External Secrets 0.9.0',
    ],
    [
      source,
      'OCIRepository',
      { url: 'oci://ghcr.io/fluxcd/flux-manifests', ref: { tag: 'v2.4.0' } },
      'Flux v2.4.0',
    ],
    [
      source,
      'GitRepository',
      { url: 'https://github.com/fluxcd/flux2', ref: { tag: 'v2.1.0' } },
      'Flux v2.1.0',
    ],
    [
      source,
      'GitRepository',
      { url: 'https://github.com/fluxcd/flux2-example', ref: { tag: 'v2.1.0' } },
      undefined,
    ],
    ['fluxcd.controlplane.io/v1', 'FluxInstance', { distribution: { version: '2.7.x' } }, 'Flux 2.7.x'],
    ['v1', 'Pod', pod('docker.io/library/traefik:v2.10'), 'Traefik v2.10'],
    ['v1', 'Pod', pod('example.com/not-traefik:v2.10'), undefined],
  ])('%s %s %j installs %s', (apiVersion, kind, spec, expected) => {
    const releases = releasesOf(new ObjectIndex([object(apiVersion, kind, spec)]));
    const found = [...releases].flatMap(([project, all]) =>
      all.map(({ version }) => `${project} ${version}`),
    );
    expect(found).toEqual(expected === undefined ? [] : [expected]);
  });
});

test('the table never recommends a version that it has as removed', () => {
  const worse: string[] = [];
  for (const { rows } of table.projects)
    for (const row of rows)
      for (const kind of 'kinds' in row ? row.kinds : ['Any'])
        if (crdLifecycleOf(object(row.replacement, kind)) !== undefined)
          worse.push(`${row.replacement} ${kind}`);
  expect(worse).toEqual([]);
});
