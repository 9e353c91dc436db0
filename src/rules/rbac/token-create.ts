import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { createTokens } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/token-create',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can get tokens of all ServiceAccounts',
  why: 'Who can request tokens of any ServiceAccount has the rights of all of them together.',
  remedy:
    'Name the ServiceAccounts in resourceNames, or grant the right by a Role in the namespaces that need it.',
  controls: ['cis/1.12:5.1.13', 'mitre:T1528', 'kubescape:C-0282'],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: { text: '{kind} {role} lets its holders get tokens of all ServiceAccounts of the cluster.' },
    namespace: {
      text: '{kind} {role} lets its holders get tokens of all ServiceAccounts of the namespaces where it is bound.',
      severity: 'medium',
    },
    unbound: {
      text: '{kind} {role} lets its holders get tokens of ServiceAccounts; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    const data = { kind: manifest.kind, role: manifest.name };
    for (const { grant, reach, related } of grantsIn(manifest, inventory, createTokens.rights))
      report(grant.resource, reach, data, { related });
  },
});
