import { describe, expect, test } from '@jest/globals';
import { absenceOf } from '../../src/kubernetes/absence.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';

type Value = object;
const objects = (values: readonly Value[]) => values.flatMap((value) => readObject(value) ?? []);
const config = (name: string, namespace?: string): Value => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
});
const custom = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string,
  spec: object = {},
): Value => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
});

interface Case {
  target?: Value[];
  environment?: Value[];
  repository?: Value[];
  complete?: boolean;
  name?: string;
  directory?: string;
}

function absence(options: Case) {
  const { complete = true, name = 'settings' } = options;
  const target = objects(options.target ?? []);
  const environment = [...target, ...objects(options.environment ?? [])];
  const repository = [...environment, ...objects(options.repository ?? [])];
  return absenceOf(
    { kind: 'ConfigMap', name, namespace: 'shop' },
    { kind: 'manifests', name: options.directory ?? 'apps' },
    {
      target: new ObjectIndex(target),
      environment: new ObjectIndex(environment),
      repository: new ObjectIndex(repository),
      complete,
      environmentName: undefined,
    },
  )?.what;
}

describe('what cannot be found', () => {
  test.each<[string, Case, string | undefined]>([
    ['is there', { target: [config('settings', 'shop')] }, undefined],
    ['is there when no namespace is named', { target: [config('settings')] }, undefined],
    ['is in the environment', { environment: [config('settings', 'shop')] }, undefined],
    ['is only in the repository', { repository: [config('settings', 'shop')] }, 'elsewhere'],
    ['is a slip', { target: [config('setings', 'shop')] }, 'slip'],
    ['is no slip for what is elsewhere', { environment: [config('setings', 'shop')] }, 'unseen'],
    ['is in another namespace', { target: [config('settings', 'office')] }, 'otherNamespace'],
    ['is missing among others', { target: [config('other', 'shop')] }, 'missing'],
    ['is missing, others are elsewhere', { target: [config('other', 'office')] }, 'unseen'],
    ['may be in what could not be read', { target: [config('other', 'shop')], complete: false }, undefined],
    ['belongs to tests', { target: [config('other', 'shop')], directory: 'tests/a' }, undefined],
    ['comes with the cluster', { name: 'kube-root-ca.crt' }, undefined],
    ['is a placeholder', { name: 'REPLACE_ME' }, undefined],
    [
      'may be in a release of the namespace',
      { target: [custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'stack', 'shop')] },
      undefined,
    ],
    [
      'may be in a release to the namespace',
      {
        environment: [
          custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'x', 'flux', { targetNamespace: 'shop' }),
        ],
      },
      undefined,
    ],
    [
      'is not in a release to another namespace',
      { target: [custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'x', 'office')] },
      'unseen',
    ],
    [
      'may be in a chart of an application',
      {
        environment: [
          custom('argoproj.io/v1alpha1', 'Application', 'x', 'argocd', {
            destination: { namespace: 'shop' },
            source: { chart: 'redis' },
          }),
        ],
      },
      undefined,
    ],
    [
      'is not in a directory that is a target itself',
      {
        environment: [
          custom('argoproj.io/v1alpha1', 'Application', 'x', 'argocd', {
            destination: { namespace: 'shop' },
            source: { path: 'apps' },
          }),
        ],
      },
      'unseen',
    ],
    [
      'has the name of a custom resource',
      { name: 'orders-settings', target: [custom('example.com/v1', 'Database', 'orders', 'shop')] },
      undefined,
    ],
    [
      'is named by a custom resource',
      { target: [custom('example.com/v1', 'Sync', 'x', 'office', { writeTo: { name: 'settings' } })] },
      undefined,
    ],
    [
      'is named in a command',
      {
        target: [
          custom('v1', 'Pod', 'x', 'shop', { containers: [{ args: ['--config-map=shop/settings'] }] }),
        ],
      },
      undefined,
    ],
  ])('%s', (_, options, expected) => {
    expect(absence(options)).toBe(expected);
  });
});
