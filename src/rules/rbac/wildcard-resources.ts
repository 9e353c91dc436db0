import type { Field } from '../../kubernetes/field.ts';
import {
  bindingsIn,
  grantsEverything,
  isCustomGroup,
  isOfMetrics,
  isShippedRole,
  type PolicyRule,
  policyRulesIn,
  roleKinds,
  stringsIn,
} from '../../kubernetes/rbac.ts';
import { onlyReads } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/wildcard-resources',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role grants rights on everything by a wildcard',
  why: 'A wildcard also covers Secrets, roles and every kind that is installed later, so nobody can tell from the role what its holder may do.',
  remedy: 'List the API groups, resources or paths that are used.',
  controls: [
    'cis/1.12:5.1.3',
    'owasp-k8s/2025:K02',
    'kubescape:C-0187',
    'trivy:KSV-0044',
    'trivy:KSV-0046',
    'trivy:KSV-0112',
    'checkov:CKV_K8S_49',
    'kube-linter:wildcard-in-rules',
  ],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: {
    wildcard: '{kind} {role} grants rights by a wildcard in {fields}.',
    everything: {
      text: '{kind} {role} grants every verb on every resource of every API group.',
      severity: 'critical',
    },
    namespace: {
      text: 'Role {role} grants rights in its namespace by a wildcard in {fields}.',
      severity: 'medium',
    },
    groups: {
      text: '{kind} {role} grants rights on {resources} of whatever API group, by a wildcard in apiGroups.',
      severity: 'low',
      recommended: false,
    },
    someGroups: {
      text: '{kind} {role} grants rights on all resources of {groups} by a wildcard.',
      severity: 'low',
      recommended: false,
    },
    paths: {
      text: '{kind} {role} grants rights on all paths of the API server by a wildcard.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    const { kind, name: role } = manifest;
    // Without a name it is a template that is filled in elsewhere.
    if (isShippedRole(manifest) || role === '') return;
    const rules = policyRulesIn(manifest);
    const isAll = kind === 'ClusterRole' && grantsEverything(rules);
    // The binding of a role that grants everything is what rbac/cluster-admin-binding reports.
    if (isAll && bindingsIn(inventory.target, manifest).length > 0) return;
    for (const rule of rules) {
      const wildcards = ['resources', 'apiGroups', 'nonResourceURLs'].flatMap((list) =>
        rule.at(list).items().filter(isWildcard).slice(0, 1),
      );
      const [first] = wildcards;
      if (first === undefined || isOfSubresource(rule) || isOfMetrics(rule)) continue;
      const fields = wildcards.map(({ parent }) => parent?.key).join(' and ');
      const groups = stringsIn(rule, 'apiGroups');
      if (isAll) {
        report(first, 'everything', { kind, role });
        return;
      }
      const data = {
        kind,
        role,
        fields,
        groups: groups.join(', '),
        resources: stringsIn(rule, 'resources').join(', '),
      };
      const isHarmless = groups.every(isCustomGroup) || (!groups.includes('*') && onlyReads([rule]));
      if (first.parent?.key === 'nonResourceURLs') report(first, 'paths', data);
      else if (first.parent?.key === 'apiGroups') report(first, 'groups', data);
      else if (groups.length > 0 && isHarmless) report(first, 'someGroups', data);
      else report(first, kind === 'Role' ? 'namespace' : 'wildcard', data);
    }
  },
});

/** `/*` covers every path of the API server, as `*` does. `*` within a word is no wildcard. */
function isWildcard({ value, parent }: Field): boolean {
  return value === '*' || (value === '/*' && parent?.key === 'nonResourceURLs');
}

/** Whether a rule is only about a subresource that kinds of many groups have, as a scaler needs it. */
function isOfSubresource(rule: PolicyRule): boolean {
  const resources = rule.at('resources').items();
  return resources.length > 0 && resources.every(({ string }) => string?.startsWith('*/'));
}
