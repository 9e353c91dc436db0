import { environmentOf } from '../../discover/environment.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { anyPodIn, hasGeneratedPolicy, isIsolated, policiesIn } from '../../kubernetes/network/policies.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { podOf } from '../../kubernetes/workload.ts';
import type { Manifest } from '../../render/manifest.ts';
import { plainObjects } from '../../render/plain-objects.ts';
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
  messages: {
    open: 'No policy of the same environment denies ingress to the pods of namespace {namespace}.',
  },
  check({ manifest, inventory, report }) {
    const { target, environment, environmentName, complete } = inventory;
    const isNamespace = manifest.kind === 'Namespace';
    const name = isNamespace ? manifest.name : manifest.namespace;
    // The policy may be in what could not be read.
    if (name === undefined || !complete || system.test(name)) return;
    if (environment.derived(speakers).get(speakerKey(name, environmentName)) !== manifest) return;
    const unbuilt = plainObjects(inventory).map((index) => ({ target, environment: index }));
    for (const view of [inventory, ...unbuilt]) {
      const { own, all, namespace } = policiesIn(view, name);
      // Pods that the policies of a namespace leave out are reported one by one.
      if (own.some(({ isolates }) => isolates.has('ingress'))) return;
      if (isIsolated(all, anyPodIn(namespace), 'ingress')) return;
      if (hasGeneratedPolicy(view.environment, namespace)) return;
    }
    const place = manifest.root.at('metadata', isNamespace ? 'name' : 'namespace');
    report(place, 'open', { namespace: name });
  },
});

/** The namespaces of Kubernetes and OpenShift themselves, whose policies are for the distribution to bring. */
const system = /^(?:kube-(?:system|public|node-lease)|openshift(?:-.+)?)$/;

/**
 * The object on which a namespace is reported, once in each environment that runs pods in it: the Namespace itself, or
 * else the first workload.
 */
function speakers(index: ObjectIndex<Manifest>): ReadonlyMap<string, Manifest> {
  const found = new Map<string, Manifest>();
  for (const object of index.all) {
    if (object.namespace === undefined || !isReachable(object)) continue;
    const key = speakerKey(object.namespace, environmentOf(object.target));
    if (!found.has(key)) found.set(key, object);
  }
  for (const object of index.ofKind('Namespace').reverse()) {
    const key = speakerKey(object.name, environmentOf(object.target));
    if (found.has(key)) found.set(key, object);
  }
  return found;
}

function speakerKey(namespace: string, environment: string | undefined): string {
  return `${namespace}\n${environment ?? ''}`;
}

/**
 * Whether an object runs pods that serve on the pod network. Policies do not reach those on the network of the node,
 * and jobs run to completion without serving anyone.
 */
function isReachable(object: KubernetesObject): boolean {
  const pod = object.group === 'batch' ? undefined : podOf(object);
  return pod !== undefined && pod.spec.at('hostNetwork').value !== true;
}
