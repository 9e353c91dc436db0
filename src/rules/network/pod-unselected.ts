import type { Inventory } from '../../kubernetes/inventory.ts';
import {
  hasGeneratedPolicy,
  isIsolated,
  namespaceIn,
  networkPodOf,
  ownPolicies,
  policiesAtWork,
  policiesFor,
} from '../../kubernetes/network/policies.ts';
import type { NetworkPod } from '../../kubernetes/network/policy.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { plainObjects } from '../../render/plain-objects.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'network/pod-unselected',
  severity: 'medium',
  kinds: workloads,
  summary: 'Network policies leave pods out',
  why: 'The policies of a namespace protect only the pods that they select. One that is left out can be reached by every pod of the cluster, while its neighbours look as if the namespace were closed.',
  remedy:
    'Add a policy that selects the pods, or one with an empty podSelector that denies ingress to all pods of the namespace.',
  controls: [
    'cis/1.12:5.3.2',
    'nsa:net.policies',
    'ms-ta:TA9034',
    'kubescape:C-0260',
    'checkov:CKV2_K8S_6',
    'kube-linter:non-isolated-pod',
  ],
  bundle: 'NET',
  recommended: true,
  since: '0.1.0',
  messages: {
    unselected:
      'No policy selects the pods of {kind} {name} for ingress, though namespace {namespace} has policies such as {policy}.',
    // The policy is that of somebody else's application, or for pods that a controller makes.
    besideOthers: {
      text: 'No policy selects the pods of {kind} {name} for ingress; those of namespace {namespace}, such as {policy}, are for pods of others.',
      recommended: false,
    },
  },
  check({ manifest, pod, inventory, report }) {
    const { kind, name, namespace, root } = manifest;
    if (pod === undefined || namespace === undefined || !inventory.complete) return;
    const { target, environment } = inventory;
    const isolating = ownPolicies(inventory, namespace).filter(({ isolates }) => isolates.has('ingress'));
    const [first] = isolating;
    if (first === undefined) return;
    // They run to completion and serve nobody; so do the tests of a chart.
    if (kind === 'Job' || kind === 'CronJob' || root.at('metadata', 'annotations', 'helm.sh/hook').exists)
      return;
    // A template without labels is that of a patch.
    if (kind !== 'Pod' && !pod.metadata.at('labels').exists) return;
    const networkPod = networkPodOf(pod, namespaceIn(environment, namespace));
    if (networkPod === undefined) return;
    if (isCovered(networkPod, inventory)) return;
    if (plainObjects(inventory).some((index) => isCovered(networkPod, { target, environment: index })))
      return;
    if (isTestData(manifest.target)) return;
    const atWork = target.derived(policiesAtWork);
    const near = isolating.find(({ object }) => atWork.has(object));
    report(pod.metadata.at('labels'), near === undefined ? 'besideOthers' : 'unselected', {
      kind,
      name,
      namespace,
      policy: (near ?? first).object.name,
    });
  },
});

/** Whether a policy isolates a pod, or will once an engine has made it. */
function isCovered(pod: NetworkPod, view: Pick<Inventory, 'target' | 'environment'>): boolean {
  return (
    isIsolated(policiesFor(pod, view), pod, 'ingress') || hasGeneratedPolicy(view.environment, pod.namespace)
  );
}
