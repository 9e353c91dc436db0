import { grantsIn, roleKinds } from '../../kubernetes/rbac.ts';
import { enterPods } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/exec-attach-portforward',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can run commands in pods or connect to them',
  why: 'Commands in a pod run with its ServiceAccount, its Secrets and its network, and leave no trace in Git. Forwarded ports bypass network policies.',
  remedy:
    'Remove pods/exec, pods/attach, pods/portforward and pods/ephemeralcontainers, or grant them by a Role in the namespaces that need them.',
  controls: [
    'mitre:T1609',
    'ms-ta:TA9006',
    'ms-ta:TA9041',
    'ms-m:M9010',
    'kubescape:C-0002',
    'kubescape:C-0063',
    'trivy:KSV-0053',
    'trivy:KSV-0054',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: {
      text: '{kind} {role} lets its holders {reachPods} all pods of the cluster, through {resource}.',
      recommended: true,
    },
    namespace: {
      text: '{kind} {role} lets its holders {reachPods} all pods of the namespaces where it is bound, through {resource}.',
      severity: 'medium',
    },
    unbound: {
      text: '{kind} {role} lets its holders {reachPods} pods, through {resource}; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, kubernetesMinor, report }) {
    const { kind, name: role } = manifest;
    for (const { grant, reach, related } of grantsIn(
      manifest,
      inventory,
      enterPods(kubernetesMinor).rights,
    )) {
      const resource = grant.resource.string ?? '';
      // An attached terminal and a forwarded port lead to what runs there already.
      const reachPods = /\/(?:exec|ephemeralcontainers)$/.test(resource) ? 'run commands in' : 'connect to';
      report(grant.resource, reach, { kind, role, reachPods, resource }, { related });
    }
  },
});
