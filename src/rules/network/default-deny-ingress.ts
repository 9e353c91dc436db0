import {
  clusterPolicyKinds,
  isolatesIngress,
  namespacedPolicyKinds,
  namespaceOf,
} from '../../kubernetes/network-policy.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { podOf } from '../../kubernetes/workload.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'network/default-deny-ingress',
  severity: 'high',
  kinds: ['Namespace', ...workloads],
  summary: 'Namespace does not deny ingress by default',
  why: 'Unless a policy isolates them, the pods of a namespace can be reached on every port by every pod of the cluster, also by one that was taken over.',
  remedy:
    'Add a NetworkPolicy with an empty podSelector, policyTypes [Ingress] and no ingress rules, and allow what is needed by further policies.',
  controls: [
    'cis/1.12:5.3.2',
    'nsa:net.policies',
    'nist-800-190:4.3.3',
    'nist-800-53/r5:SC-7(5)',
    'kubescape:C-0260',
  ],
  bundle: 'NET',
  recommended: true,
  since: '0.1.0',
  messages: { open: 'No policy denies ingress to the pods of namespace {namespace} by default.' },
  check({ manifest, inventory, report }) {
    const { target, repository } = inventory;
    const isNamespace = manifest.kind === 'Namespace';
    const name = isNamespace ? manifest.name : manifest.namespace;
    if (name === undefined) return;
    // A namespace is reported once: on its object, or else on its first workload.
    const [declared] = repository.find('Namespace', undefined, name);
    if (manifest !== (declared ?? manifest)) return;
    const first = repository.inNamespace(name).find(isReachable);
    if (first === undefined || (declared === undefined && manifest !== first)) return;
    const namespace = namespaceOf(name, declared);
    const policies = [
      ...repository.ofKind(...clusterPolicyKinds),
      ...namespacedPolicyKinds.flatMap((kind) => repository.ofKindIn(kind, name)),
      // Policies that name no namespace are applied to that of their target.
      ...namespacedPolicyKinds.flatMap((kind) => target.ofKindIn(kind, undefined)),
    ];
    if (policies.some((policy) => isolatesIngress(policy, namespace))) return;
    report(manifest.root.at('metadata', isNamespace ? 'name' : 'namespace'), 'open', { namespace: name });
  },
});

/** Whether an object runs pods on the pod network; policies do not reach those on the network of the node. */
function isReachable(object: KubernetesObject): boolean {
  const pod = podOf(object);
  return pod !== undefined && pod.spec.at('hostNetwork').value !== true;
}
