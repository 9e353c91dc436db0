import { isShippedRole, policyRulesIn, roleKinds } from '../../kubernetes/rbac.ts';
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
    if (isShippedRole(manifest)) return;
    for (const rule of policyRulesIn(manifest)) {
      const wildcard = rule
        .at('verbs')
        .items()
        .find(({ value }) => value === '*');
      if (wildcard === undefined) continue;
      const lists = rule.at('resources').exists ? 'resources' : 'nonResourceURLs';
      const resources = rule
        .at(lists)
        .items()
        .flatMap(({ string }) => string ?? [])
        .join(', ');
      report(wildcard, 'wildcard', { kind: manifest.kind, role: manifest.name, resources });
    }
  },
});
