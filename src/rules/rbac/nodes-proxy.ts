import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { proxyNodes } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/nodes-proxy',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can reach the kubelet through the API server',
  why: 'With nodes/proxy a request goes to the kubelet unchecked by admission and audit, and the kubelet runs commands in every pod of its node; get is enough.',
  remedy:
    'Grant nodes/metrics, nodes/stats, nodes/log or nodes/pods, whichever is used, instead of nodes/proxy.',
  controls: ['cis/1.12:5.1.10', 'ms-ta:TA9030', 'kubescape:C-0279', 'trivy:KSV-0047', 'checkov:CKV2_K8S_2'],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: {
      text: '{kind} {role} lets its holders reach the kubelet of every node, and so run commands in all pods.',
      recommended: true,
    },
    unbound: {
      text: '{kind} {role} lets its holders reach the kubelet of every node, and so run commands in all pods; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    const data = { kind: manifest.kind, role: manifest.name };
    // A RoleBinding gives no rights on what is in no namespace.
    for (const { grant, reach, related } of grantsIn(manifest, inventory, proxyNodes.rights))
      if (reach !== 'namespace') report(grant.resource, reach, data, { related });
  },
});
