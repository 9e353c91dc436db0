import { expect, test } from '@jest/globals';
import { checkFiles } from '../../fixtures.ts';

const role = (rule: Record<string, unknown>, kind = 'ClusterRole') =>
  JSON.stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'shop', ...(kind === 'Role' && { namespace: 'shop' }) },
    rules: [rule],
  });
const binding = (roleName: string, ...subjects: [kind: string, name: string][]) =>
  JSON.stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'shop' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: subjects.map(([kind, name]) => ({ kind, name, namespace: 'shop' })),
  });
const on = (apiGroups: string[], verbs: string[]) => ({ apiGroups, resources: ['*'], verbs });

const wildcard = 'rbac/wildcard-resources high';
const admin = 'rbac/cluster-admin-binding critical';

test.each<[string, string[], string[]]>([
  ['reads the core group', [role(on([''], ['get']))], [wildcard]],
  ['reads all groups', [role(on(['*'], ['get']))], [wildcard]],
  ['reads a group without Secrets', [role(on(['admissionregistration.k8s.io'], ['get', 'list']))], []],
  ['writes such a group', [role(on(['admissionregistration.k8s.io'], ['patch']))], [wildcard]],
  ['writes routes', [role(on(['route.openshift.io'], ['update']))], []],
  ['writes builds', [role(on(['build.openshift.io'], ['update']))], [wildcard]],
  ['all paths', [role({ nonResourceURLs: ['*'], verbs: ['get'] })], []],
  ['cluster-admin for a ServiceAccount', [binding('cluster-admin', ['ServiceAccount', 'ci'])], [admin]],
  ['cluster-admin for a user', [binding('cluster-admin', ['User', 'mia'])], [admin]],
  ['cluster-admin for a group', [binding('cluster-admin', ['Group', 'admins'])], []],
  [
    'cluster-admin for a group and an account',
    [binding('cluster-admin', ['Group', 'admins'], ['ServiceAccount', 'ci'])],
    [admin],
  ],
  [
    'cluster-admin for all ServiceAccounts',
    [binding('cluster-admin', ['Group', 'system:serviceaccounts'])],
    ['rbac/broad-subject high', admin],
  ],
  [
    'a role that reads for everybody',
    [
      role({ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'describe'] }),
      binding('shop', ['Group', 'system:authenticated']),
    ],
    [],
  ],
])('%s', async (_, objects, expected) => {
  const { findings } = await checkFiles({ 'all.yaml': objects.join('\n---\n') });
  const found = findings.filter(({ rule }) => rule.startsWith('rbac/'));
  expect(found.map(({ rule, severity }) => `${rule} ${severity}`).sort()).toEqual(expected);
});
