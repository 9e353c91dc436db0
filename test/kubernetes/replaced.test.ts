import { expect, test } from '@jest/globals';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { isMadeAnew, replacedDirectories } from '../../src/kubernetes/replaced.ts';

function object(fields: object): KubernetesObject {
  const read = readObject(fields);
  if (read === undefined) throw new Error('no object');
  return read;
}

test.each([
  ['helm.sh/hook', 'pre-install', true],
  ['argocd.argoproj.io/hook', 'Sync', true],
  ['argocd.argoproj.io/sync-options', 'Prune=false, Replace=true', true],
  ['argocd.argoproj.io/sync-options', 'Prune=false', false],
  ['kustomize.toolkit.fluxcd.io/force', 'Enabled', true],
  ['kustomize.toolkit.fluxcd.io/force', 'Disabled', false],
  ['kustomize.toolkit.fluxcd.io/ssa', 'IfNotPresent', true],
  ['kustomize.toolkit.fluxcd.io/ssa', 'Merge', false],
  ['kapp.k14s.io/update-strategy', 'fallback-on-replace', true],
  ['example.com/hook', 'true', false],
])('with %s: %s an object is made anew: %s', (key, value, isAnew) => {
  const annotated = { apiVersion: 'v1', kind: 'Service', metadata: { annotations: { [key]: value } } };
  expect(isMadeAnew(object(annotated))).toBe(isAnew);
});

test('the directories that are applied with replacement', () => {
  const kustomization = (path: string, force: boolean) =>
    object({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: path },
      spec: { path, force },
    });
  const application = (path: string, ...syncOptions: string[]) =>
    object({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: path },
      spec: { source: { path }, syncPolicy: { syncOptions } },
    });
  const index = new ObjectIndex([
    kustomization('./apps/forced', true),
    kustomization('./apps/usual', false),
    application('charts/replaced', 'Replace=true'),
    application('charts/usual', 'CreateNamespace=true'),
  ]);
  expect([...replacedDirectories(index)]).toEqual(['apps/forced', 'charts/replaced']);
});
