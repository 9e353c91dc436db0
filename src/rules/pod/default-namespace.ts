import { argoApplications } from '../../kubernetes/argo-cd.ts';
import { helmReleaseKind, kustomizationKind } from '../../kubernetes/flux.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { defineRule, workloads } from '../rule.ts';

/** Other namespaced kinds of an application. Roles, policies and quotas in `default` may be there to guard it. */
const others: readonly string[] = [
  'ConfigMap',
  'EndpointSlice.discovery.k8s.io',
  'Endpoints',
  'HorizontalPodAutoscaler.autoscaling',
  'Ingress.networking.k8s.io',
  'PersistentVolumeClaim',
  'Role.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io',
  'Secret',
  'Service',
  'ServiceAccount',
];

export default defineRule({
  id: 'pod/default-namespace',
  severity: 'medium',
  kinds: [...workloads, ...others],
  summary: 'Object is in the namespace default',
  why: 'What shares a namespace shares its quotas, its policies and the rights that are bound in it. In default all ends up that nobody gave a place.',
  remedy: 'Give the application a namespace of its own.',
  controls: [
    'cis/1.12:5.6.4',
    'kubescape:C-0061',
    'kubescape:C-0212',
    'trivy:KSV-0110',
    'checkov:CKV_K8S_21',
    'kube-linter:use-namespace',
  ],
  bundle: 'NET',
  recommended: false,
  since: '0.1.0',
  messages: {
    workload: { text: '{kind} {name} is put into the namespace default.', recommended: true },
    other: { text: '{kind} {name} is put into the namespace default.', severity: 'low' },
    none: {
      text: '{kind} {name} names no namespace, so it gets into default unless who applies it names one.',
      severity: 'low',
    },
  },
  check({ manifest, pod, inventory, report }) {
    const { kind, name, target, root } = manifest;
    const place = root.at('metadata', 'namespace');
    if (place.value === 'default') {
      // A release's namespace is printed as default when nothing says which it is.
      const [origin] = manifest.originsOf(place);
      if (target.kind === 'chart' && origin?.precision !== 'exact') return;
      // These are there in every cluster.
      if (name === 'kubernetes' || (kind === 'ServiceAccount' && name === 'default')) return;
      report(place, pod === undefined ? 'other' : 'workload', { kind, name });
    } else if (!place.exists && target.kind === 'manifests') {
      if (!inventory.repository.derived(hasDeployers)) report(place, 'none', { kind, name });
    }
  },
});

/** Whether objects are here that apply others, to namespaces that they name. */
function hasDeployers(index: ObjectIndex): boolean {
  return index.ofKind(...argoApplications, kustomizationKind, helmReleaseKind).length > 0;
}
