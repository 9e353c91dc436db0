import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { escalate, impersonate } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/bind-escalate-impersonate',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can give itself more rights',
  why: 'The verbs bind and escalate let an account grant rights that it does not have, and impersonate lets it act as another. No other rule in the role limits it then.',
  remedy:
    'List the verbs that are needed, and name the roles, users or ServiceAccounts for these three in resourceNames.',
  controls: [
    'cis/1.12:5.1.8',
    'kubescape:C-0065',
    'kubescape:C-0191',
    'trivy:KSV-0043',
    'trivy:KSV-0050',
    'checkov:CKV_K8S_157',
    'checkov:CKV_K8S_158',
    'checkov:CKV2_K8S_3',
  ],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: {
    escalate: '{kind} {role} lets its holders grant themselves any right, through {verb} on {resource}.',
    impersonate: '{kind} {role} lets its holders act as others, through {verb} on {resource}.',
    elsewhere: {
      text: '{kind} {role} lets its holders use {verb} on {resource}, though not in the whole cluster as far as its bindings tell.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    for (const [messageId, power] of [
      ['escalate', escalate],
      ['impersonate', impersonate],
    ] as const)
      for (const { grant, reach, related } of grantsIn(manifest, inventory, power.rights)) {
        const { verb, resource } = grant;
        const data = {
          kind: manifest.kind,
          role: manifest.name,
          verb: verb.value === '*' ? 'every verb' : (verb.string ?? ''),
          resource: resource.string ?? '',
        };
        report(verb, reach === 'cluster' ? messageId : 'elsewhere', data, { related });
      }
  },
});
