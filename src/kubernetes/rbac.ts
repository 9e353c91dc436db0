import type { Field } from './field.ts';
import type { KubernetesObject } from './object.ts';
import { labelsAt, matchesSelector } from './selector.ts';

/**
 * Names of the ClusterRoles with wildcards that Kubernetes itself ships, so that an export of them is no mistake
 * of the repository's owner. Source: kubernetes/kubernetes 008b365,
 * plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
 */
const shippedRoles: readonly string[] = [
  'cluster-admin',
  'system:controller:disruption-controller',
  'system:controller:generic-garbage-collector',
  'system:controller:horizontal-pod-autoscaler',
  'system:controller:namespace-controller',
  'system:controller:resourcequota-controller',
  'system:kube-controller-manager',
  'system:kubelet-api-admin',
];

/** Whether the object is a ClusterRole that Kubernetes ships, by name. */
export function isShippedRole({ kind, name }: KubernetesObject): boolean {
  return kind === 'ClusterRole' && shippedRoles.includes(name);
}

/**
 * The policy rules that a role grants. Those of an aggregated ClusterRole are the rules of the `clusterRoles`
 * that its selectors match, whatever it lists itself.
 */
export function rulesOf(role: KubernetesObject, clusterRoles: () => readonly KubernetesObject[]): Field[] {
  const roles = new Set([role]);
  // The set grows while it is walked: an aggregated role may select aggregated roles.
  for (const { root } of roles)
    for (const selector of selectorsOf(root))
      for (const other of clusterRoles())
        if (matchesSelector(selector, labelsAt(other.root.at('metadata', 'labels')))) roles.add(other);
  const plain = [...roles].filter(({ root }) => selectorsOf(root).length === 0);
  return plain.flatMap(({ root }) => root.at('rules').items());
}

function selectorsOf(role: Field): Field[] {
  return role.at('aggregationRule', 'clusterRoleSelectors').items();
}

/** The verbs of the Kubernetes API on objects; with all of them on all resources nothing is out of reach. */
const objectVerbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** Whether rules taken together let their subject do everything to every resource, as cluster-admin may. */
export function grantsEverything(rules: readonly Field[]): boolean {
  const verbs = rules.filter(coversAllResources).flatMap((rule) => values(rule.at('verbs')));
  return verbs.includes('*') || objectVerbs.every((verb) => verbs.includes(verb));
}

/** Whether a policy rule is about all resources of all API groups. */
export function coversAllResources(rule: Field): boolean {
  return (
    values(rule.at('apiGroups')).includes('*') &&
    values(rule.at('resources')).includes('*') &&
    rule.at('resourceNames').items().length === 0
  );
}

function values(list: Field): unknown[] {
  return list.items().map(({ value }) => value);
}
