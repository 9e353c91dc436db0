import { expect, test } from '@jest/globals';
import { badLabels, declaredNamespace } from '../../../src/kubernetes/admission/namespace.ts';
import { Field } from '../../../src/kubernetes/field.ts';
import { readObject } from '../../../src/kubernetes/object.ts';

test.each<[string, unknown, string | undefined]>([
  ['enforce', 'restricted', undefined],
  ['audit', 'baseline', undefined],
  ['warn', 'Baseline', 'level'],
  ['enforce', '', 'level'],
  ['enforce', true, 'level'],
  ['enforce', '<level>', undefined],
  ['enforce-version', 'latest', undefined],
  ['enforce-version', 'v1.0', undefined],
  ['enforce-version', 'v1.30', undefined],
  ['enforce-version', 'v1.030', 'version'],
  ['enforce-version', '1.30', 'version'],
  ['warn-version', 'v1.30.1', 'version'],
  ['enforced', 'baseline', 'key'],
  ['version', 'latest', 'key'],
  ['enforced-version', 'latest', 'key'],
])('the label %s: %j', (name, value, fault) => {
  const labels = new Field({ [`pod-security.kubernetes.io/${name}`]: value, other: 'Baseline' });
  expect(badLabels(labels).map((bad) => bad.fault)).toEqual(fault === undefined ? [] : [fault]);
});

function namespaceOf(apiVersion: string, kind: string, rest: object) {
  const object = readObject({ apiVersion, kind, ...rest });
  return object && declaredNamespace(object);
}

const spec = {
  destination: { namespace: 'shop' },
  syncPolicy: { syncOptions: ['CreateNamespace=true'], managedNamespaceMetadata: { labels: { a: 'b' } } },
};

test('what makes a namespace', () => {
  const ofNamespace = namespaceOf('v1', 'Namespace', { metadata: { name: 'shop', labels: { a: 'b' } } });
  expect([ofNamespace?.name, ofNamespace?.labels.pointer]).toEqual(['shop', '/metadata/labels']);
  const labels = '/spec/syncPolicy/managedNamespaceMetadata/labels';
  const ofApplication = namespaceOf('argoproj.io/v1alpha1', 'Application', { spec });
  expect([ofApplication?.name, ofApplication?.labels.pointer]).toEqual(['shop', labels]);
  const ofSet = namespaceOf('argoproj.io/v1alpha1', 'ApplicationSet', { spec: { template: { spec } } });
  expect([ofSet?.name, ofSet?.labels.pointer]).toEqual(['shop', `/spec/template${labels}`]);
});

test.each([
  ['without a name', 'v1', 'Namespace', {}],
  ['that does not make it', 'argoproj.io/v1alpha1', 'Application', { spec: { ...spec, syncPolicy: {} } }],
  [
    'of a template',
    'argoproj.io/v1alpha1',
    'Application',
    { spec: { ...spec, destination: { namespace: '{{name}}' } } },
  ],
])('no namespace of an object %s', (_, apiVersion, kind, rest) => {
  expect(namespaceOf(apiVersion, kind, rest)).toBeUndefined();
});
