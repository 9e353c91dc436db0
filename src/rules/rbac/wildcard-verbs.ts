import {
  grantsEverything,
  isShippedRole,
  type PolicyRule,
  policyRulesIn,
  roleKinds,
} from '../../kubernetes/rbac.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/wildcard-verbs',
  severity: 'medium',
  kinds: roleKinds,
  summary: 'Role grants all verbs by a wildcard',
  why: 'A wildcard also covers deletecollection, impersonate, bind, escalate and every verb that comes later, so nobody can tell from the role what its holder may do.',
  remedy: 'List the verbs that are used, such as get, list, watch, create, update, patch and delete.',
  controls: [
    'cis/1.12:5.1.3',
    'owasp-k8s/2025:K02',
    'kubescape:C-0187',
    'trivy:KSV-0045',
    'kube-linter:wildcard-in-rules',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: { wildcard: '{kind} {role} grants every verb on {resources} by a wildcard.' },
  check({ manifest, report }) {
    const rules = policyRulesIn(manifest);
    // One that grants everything is reported as that, or by its binding.
    if (isShippedRole(manifest) || (manifest.kind === 'ClusterRole' && grantsEverything(rules))) return;
    for (const rule of rules) {
      const wildcard = rule
        .at('verbs')
        .items()
        .find(({ value }) => value === '*');
      if (wildcard === undefined) continue;
      report(wildcard, 'wildcard', {
        kind: manifest.kind,
        role: manifest.name,
        resources: resourcesIn(rule),
      });
    }
  },
});

/** What a policy rule is about, in words; the first three of many. */
function resourcesIn(rule: PolicyRule): string {
  const list = rule.at(rule.at('resources').exists ? 'resources' : 'nonResourceURLs');
  const names = list.items().flatMap(({ string }) => string ?? []);
  if (names.includes('*')) return list.key === 'resources' ? 'all resources' : 'all paths';
  if (names.length <= 4) return names.join(', ');
  return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
