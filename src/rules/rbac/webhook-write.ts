import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { writeAdmission } from '../../kubernetes/rbac-rights.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/webhook-write',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can change admission webhooks or policies',
  why: 'Who writes admission webhooks sees every object that they match, Secrets among them, and can change or refuse it.',
  remedy:
    'Name the configurations in resourceNames for update, patch and delete, and create them when the application is installed.',
  controls: ['cis/1.12:5.1.12', 'ms-ta:TA9015', 'kubescape:C-0281', 'trivy:KSV-0114', 'checkov:CKV_K8S_155'],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: { text: '{kind} {role} lets its holders change what the API server admits.' },
    unbound: {
      text: '{kind} {role} lets its holders change what the API server admits; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    // Nobody installs a chart with the values that it is tested with.
    if (isTestTarget(manifest.target)) return;
    const data = { kind: manifest.kind, role: manifest.name };
    // A RoleBinding gives no rights on what is in no namespace.
    for (const { grant, reach, related } of grantsIn(manifest, inventory, writeAdmission.rights))
      if (reach !== 'namespace') report(grant.resource, reach, data, { related });
  },
});
