import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { readSecrets } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/secrets-read',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can read all Secrets',
  why: 'Secrets hold passwords, keys and tokens of other accounts. Who reads them all can do what any of those accounts can.',
  remedy:
    'Name the Secrets that are needed in resourceNames, or grant the right by a Role in the namespaces that need it.',
  controls: [
    'cis/1.12:5.1.2',
    'mitre:T1552.007',
    'ms-ta:TA9025',
    'kubescape:C-0015',
    'kubescape:C-0186',
    'trivy:KSV-0041',
    'trivy:KSV-0113',
    'checkov:CKV2_K8S_5',
    'kube-linter:access-to-secrets',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: { text: '{kind} {role} lets its holders read all Secrets of the cluster.' },
    namespace: {
      text: '{kind} {role} lets its holders read all Secrets of the namespaces where it is bound.',
      severity: 'medium',
    },
    unbound: {
      text: '{kind} {role} lets its holders read all Secrets; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    const data = { kind: manifest.kind, role: manifest.name };
    for (const { grant, reach, related } of grantsIn(manifest, inventory, readSecrets.rights))
      report(grant.resource, reach, data, { related });
  },
});
