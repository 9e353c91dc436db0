import { describe, expect, test } from '@jest/globals';
import { apiLifecycles, servedState } from '../../src/kubernetes/api-lifecycle.ts';

describe('servedState', () => {
  const removed = (minor: number, replacement?: string) => ({
    state: 'removed',
    removed: minor,
    replacement,
  });
  const deprecated = (since: number, end: number, replacement?: string, planned = false) => ({
    state: 'deprecated',
    deprecated: since,
    removed: end,
    planned,
    replacement,
  });
  const admission = 'admissionregistration.k8s.io';
  const flowcontrol = 'flowcontrol.apiserver.k8s.io';

  test.each([
    ['apps/v1', 'Deployment', 36, { state: 'served' }],
    ['extensions/v1beta1', 'Deployment', 15, deprecated(8, 16, 'apps/v1')],
    ['extensions/v1beta1', 'Deployment', 16, removed(16, 'apps/v1')],
    ['extensions/v1beta1', 'Ingress', 21, deprecated(14, 22, 'networking.k8s.io/v1')],
    ['extensions/v1beta1', 'Ingress', 22, removed(22, 'networking.k8s.io/v1')],
    ['policy/v1beta1', 'PodSecurityPolicy', 36, removed(25)],
    ['example.com/v1beta1', 'Ingress', 36, { state: 'served' }],
    // Deprecated, and served until it is removed.
    ['policy/v1beta1', 'PodDisruptionBudget', 20, { state: 'served' }],
    ['policy/v1beta1', 'PodDisruptionBudget', 21, deprecated(21, 25, 'policy/v1')],
    ['policy/v1beta1', 'PodDisruptionBudget', 24, deprecated(21, 25, 'policy/v1')],
    ['policy/v1beta1', 'PodDisruptionBudget', 25, removed(25, 'policy/v1')],
    ['policy/v1beta1', 'PodSecurityPolicy', 24, deprecated(21, 25)],
    // The stable version is not served yet.
    [`${admission}/v1alpha1`, 'ValidatingAdmissionPolicy', 29, deprecated(29, 32, `${admission}/v1beta1`)],
    [`${admission}/v1alpha1`, 'ValidatingAdmissionPolicy', 30, deprecated(29, 32, `${admission}/v1`)],
    // Planned removals are none yet.
    ['resource.k8s.io/v1beta1', 'ResourceClaim', 38, deprecated(35, 38, 'resource.k8s.io/v1', true)],
    ['coordination.k8s.io/v1beta1', 'LeaseCandidate', 36, deprecated(36, 39, undefined, true)],
    // Later than the target.
    ['networking.k8s.io/v1', 'ServiceCIDR', 32, { state: 'not-yet-served', introduced: 33 }],
    ['networking.k8s.io/v1', 'ServiceCIDR', 33, { state: 'served' }],
    // Removed early, before its marker said so.
    ['coordination.k8s.io/v1alpha1', 'LeaseCandidate', 32, removed(32, 'coordination.k8s.io/v1alpha2')],
    // The stable version comes later than the removal.
    [`${flowcontrol}/v1beta1`, 'FlowSchema', 28, removed(26, `${flowcontrol}/v1beta3`)],
    [`${flowcontrol}/v1beta1`, 'FlowSchema', 29, removed(26, `${flowcontrol}/v1`)],
    ['certificates.k8s.io/v1alpha1', 'PodCertificateRequest', 36, removed(35, 'certificates.k8s.io/v1beta1')],
    ['constructor', 'toString', 36, { state: 'served' }],
  ])('%s %s in 1.%i', (apiVersion, kind, minor, expected) => {
    expect(servedState(apiVersion, kind, minor)).toEqual(expected);
  });
});

describe('the table', () => {
  test('has one row for a version of a kind', () => {
    const keys = apiLifecycles.flatMap(({ apiVersion, kinds }) =>
      kinds.map((kind) => `${apiVersion} ${kind}`),
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('never recommends a version that goes before the one it replaces', () => {
    const worse = apiLifecycles.filter(({ kinds, removed = 0, replacement }) =>
      apiLifecycles.some(
        (row) =>
          row.apiVersion === replacement &&
          row.kinds.some((kind) => kinds.includes(kind)) &&
          (row.removed ?? Number.MAX_VALUE) <= removed,
      ),
    );
    expect(worse).toEqual([]);
  });

  test('orders introduction, deprecation and removal', () => {
    const wrong = apiLifecycles.filter(
      ({ introduced = 0, deprecated = introduced, removed = Number.MAX_VALUE }) =>
        introduced > deprecated || deprecated >= removed,
    );
    expect(wrong).toEqual([]);
  });
});
