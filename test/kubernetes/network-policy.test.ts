import { describe, expect, test } from '@jest/globals';
import {
  clusterPolicyKinds,
  isolatesIngress,
  namespacedPolicyKinds,
  namespaceOf,
} from '../../src/kubernetes/network-policy.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const shop = namespaceOf(
  'shop',
  readObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { labels: { tenant: 'a' } } }),
);

const kinds: Record<string, string> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  CiliumNetworkPolicy: 'cilium.io/v2',
  CiliumClusterwideNetworkPolicy: 'cilium.io/v2',
  GlobalNetworkPolicy: 'projectcalico.org/v3',
  BaselineAdminNetworkPolicy: 'policy.networking.k8s.io/v1alpha1',
};

function isolates(kind: string, spec: unknown, apiVersion = kinds[kind] ?? '', more: object = {}): boolean {
  const policy = readObject({ apiVersion, kind, metadata: { name: 'x' }, spec, ...more });
  if (policy === undefined) throw new Error('no object');
  return isolatesIngress(policy, shop);
}

describe('a NetworkPolicy isolates', () => {
  test.each<[string, unknown, boolean]>([
    ['by an empty selector alone', { podSelector: {} }, true],
    ['by ingress among its types', { podSelector: {}, policyTypes: ['Egress', 'Ingress'] }, true],
    ['without a selector, which is an empty one', {}, true],
    ['when a rule names its peers', { ingress: [{ from: [{ podSelector: {} }] }] }, true],
    [
      'when a peer is some pods of all namespaces',
      { ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } }] }] },
      true,
    ],
    ['not some pods', { podSelector: { matchLabels: { app: 'web' } } }, false],
    ['not for egress', { podSelector: {}, policyTypes: ['Egress'] }, false],
    ['not when a rule allows everyone', { ingress: [{}] }, false],
    ['not when a rule allows everyone to a port', { ingress: [{ ports: [{ port: 80 }] }] }, false],
    ['not when a peer is every namespace', { ingress: [{ from: [{ namespaceSelector: {} }] }] }, false],
    ['not when a peer is every address', { ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] }, false],
    ['not when one of two rules is open', { ingress: [{ from: [{ podSelector: {} }] }, {}] }, false],
  ])('%s', (_, spec, expected) => {
    expect(isolates('NetworkPolicy', spec)).toBe(expected);
  });
});

describe('a policy of Cilium isolates', () => {
  const here = { 'k8s:io.kubernetes.pod.namespace': 'shop' };
  test.each<[string, unknown, boolean]>([
    ['by an empty rule', { endpointSelector: {}, ingress: [{}] }, true],
    ['by a deny rule', { endpointSelector: {}, ingressDeny: [{ fromEntities: ['world'] }] }, true],
    ['by named peers', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}], toPorts: [] }] }, true],
    ['the namespace that it selects', { endpointSelector: { matchLabels: here }, ingress: [{}] }, true],
    [
      'namespaces by label',
      { endpointSelector: { matchLabels: { 'io.cilium.k8s.namespace.labels.tenant': 'a' } }, ingress: [{}] },
      true,
    ],
    [
      'not another namespace',
      { endpointSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'other' } }, ingress: [{}] },
      false,
    ],
    ['not some pods', { endpointSelector: { matchLabels: { app: 'web' } }, ingress: [{}] }, false],
    ['not nodes', { nodeSelector: {}, ingress: [{}] }, false],
    ['not by an empty section', { endpointSelector: {}, ingress: [] }, false],
    [
      'not when default deny is off',
      { endpointSelector: {}, ingress: [{}], enableDefaultDeny: { ingress: false } },
      false,
    ],
    ['not when it allows everyone', { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] }, false],
    [
      'not when it allows every address',
      { endpointSelector: {}, ingress: [{ fromCIDRSet: [{ cidr: '0.0.0.0/0' }] }] },
      false,
    ],
    ['not when it allows everyone to a port', { endpointSelector: {}, ingress: [{ toPorts: [{}] }] }, false],
  ])('%s', (_, spec, expected) => {
    expect(isolates('CiliumNetworkPolicy', spec)).toBe(expected);
    expect(isolates('CiliumClusterwideNetworkPolicy', spec)).toBe(expected);
  });

  test('by one of several specs', () => {
    const specs = [{ endpointSelector: {} }, { endpointSelector: {}, ingress: [{}] }];
    expect(isolates('CiliumNetworkPolicy', undefined, undefined, { specs })).toBe(true);
  });
});

describe('a policy of Calico isolates', () => {
  test.each<[string, unknown, boolean]>([
    ['without selector or types', {}, true],
    ['all()', { selector: 'all()', types: ['Ingress', 'Egress'] }, true],
    ['by a deny rule', { ingress: [{ action: 'Deny' }] }, true],
    ['by named peers', { ingress: [{ action: 'Allow', source: { selector: 'role == "web"' } }] }, true],
    ['the namespace that it selects', { selector: 'projectcalico.org/namespace == "shop"' }, true],
    [
      'all but some namespaces',
      { namespaceSelector: "projectcalico.org/name not in {'kube-system', 'calico-system'}" },
      true,
    ],
    ['namespaces by label', { namespaceSelector: 'has(tenant) && tenant != "b"' }, true],
    ['one of two alternatives', { namespaceSelector: 'tenant == "b" || tenant == "a"' }, true],
    ['in words that are not understood', { namespaceSelector: '(tenant starts with "x")' }, true],
    [
      'not the namespaces that it leaves out',
      { namespaceSelector: 'projectcalico.org/name not in {"shop"}' },
      false,
    ],
    ['not namespaces with another label', { namespaceSelector: 'tenant in {"b", "c"}' }, false],
    ['not namespaces without a label', { namespaceSelector: '!has(tenant)' }, false],
    ['not some pods', { selector: 'app == "web"' }, false],
    ['not for egress', { types: ['Egress'] }, false],
    ['not when it only has egress', { egress: [{ action: 'Allow' }] }, false],
    ['not when it allows everyone', { ingress: [{ action: 'Allow' }] }, false],
    [
      'not when it allows every address',
      { ingress: [{ action: 'Allow', source: { nets: ['0.0.0.0/0'] } }] },
      false,
    ],
  ])('%s', (_, spec, expected) => {
    expect(isolates('GlobalNetworkPolicy', spec)).toBe(expected);
    expect(isolates('NetworkPolicy', spec, 'projectcalico.org/v3')).toBe(expected);
  });
});

describe('an admin policy isolates', () => {
  const deny = [{ action: 'Deny', from: [{ namespaces: {} }] }];
  const all = { namespaces: {} };
  test.each<[string, unknown, boolean]>([
    ['every namespace', { subject: all, ingress: deny }, true],
    [
      'a namespace by name',
      { subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }, ingress: deny },
      true,
    ],
    [
      'all pods of a namespace',
      {
        subject: { pods: { namespaceSelector: { matchLabels: { tenant: 'a' } }, podSelector: {} } },
        ingress: deny,
      },
      true,
    ],
    [
      'from all pods',
      {
        subject: all,
        ingress: [{ action: 'Deny', from: [{ pods: { namespaceSelector: {}, podSelector: {} } }] }],
      },
      true,
    ],
    [
      'not another namespace',
      { subject: { namespaces: { matchLabels: { tenant: 'b' } } }, ingress: deny },
      false,
    ],
    [
      'not some pods',
      {
        subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } } },
        ingress: deny,
      },
      false,
    ],
    ['not by allowing', { subject: all, ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] }, false],
    [
      'not from some namespaces',
      { subject: all, ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { a: 'b' } } }] }] },
      false,
    ],
    [
      'not on one port',
      { subject: all, ingress: [{ ...deny[0], ports: [{ portNumber: { port: 80 } }] }] },
      false,
    ],
    ['not without a subject', { ingress: deny }, false],
  ])('%s', (_, spec, expected) => {
    expect(isolates('BaselineAdminNetworkPolicy', spec)).toBe(expected);
  });
});

test('a kind is either namespaced or of the cluster', () => {
  expect(namespacedPolicyKinds.filter((kind) => clusterPolicyKinds.includes(kind))).toEqual([]);
});

test.each(['text', null, [], { podSelector: [], ingress: {}, subject: 1, selector: {}, specs: 'x' }])(
  'nonsense in a spec does no harm: %j',
  (spec) => {
    for (const [kind, apiVersion] of Object.entries(kinds))
      expect(typeof isolates(kind, spec, apiVersion)).toBe('boolean');
  },
);
