import { expect, test } from '@jest/globals';
import { checkFiles } from '../../fixtures.ts';

const on = (apiGroups: string[], ...resources: string[]) => ({ apiGroups, resources, verbs: ['*'] });
const at = (...nonResourceURLs: string[]) => ({ nonResourceURLs, verbs: ['*'] });

test.each<[string, object, string]>([
  ['medium', on(['apps'], 'deployments'), 'deployments'],
  ['medium', on([''], 'pods', 'services', 'events', 'secrets'), 'pods, services, events, secrets'],
  ['medium', on([''], 'a', 'b', 'c', 'd', 'e'), 'a, b, c and 2 more'],
  ['medium', on([''], '*'), 'all resources of the core group'],
  ['medium', on(['', 'apps'], 'pods', '*'), 'all resources of the core group, apps'],
  [
    'medium',
    on(['apps', 'batch', 'policy', 'autoscaling', 'events.k8s.io'], '*'),
    'all resources of apps, batch, policy and 2 more',
  ],
  ['medium', on(['*'], '*'), 'all resources of all API groups'],
  ['medium', on(['shop.example', 'apps'], 'carts', 'deployments'), 'carts, deployments'],
  ['low', on(['shop.example'], 'carts', 'carts/status'), 'carts, carts/status'],
  ['low', on(['shop.example'], '*'), 'all resources of shop.example'],
  ['low', on(['networking.k8s.io'], 'ingresses/status'), 'ingresses/status'],
  ['medium', on(['apps'], 'deployments', 'deployments/status'), 'deployments, deployments/status'],
  ['medium', at('/metrics', '/healthz'), '/metrics, /healthz'],
  ['medium', at('*'), 'all paths'],
])('a %s wildcard on %j is on %s', async (severity, rule, words) => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'owner', namespace: 'shop' },
    rules: [rule],
  };
  const { findings } = await checkFiles(
    { 'role.json': JSON.stringify(role) },
    { only: 'rbac/wildcard-verbs', 'all-rules': true },
  );
  expect(findings.map((finding) => [finding.severity, finding.message])).toEqual([
    [severity, `Role owner grants every verb on ${words} by a wildcard.`],
  ]);
});
