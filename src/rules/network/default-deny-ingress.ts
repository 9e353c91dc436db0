import { environmentOf } from '../../discover/environment.ts';
import { groupBy } from '../../group-by.ts';
import { ObjectIndex } from '../../kubernetes/inventory.ts';
import { anyPodIn, hasGeneratedPolicy, isIsolated, policiesIn } from '../../kubernetes/network/policies.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isTestDirectory } from '../../kubernetes/test-directory.ts';
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
    leftOut:
      'No policy denies ingress to the pods of namespace {namespace}, as policies do in others of the same environment.',
    // Or of the same one, when it cannot be told that they go together.
    elsewhere: {
      text: 'Only policies of other environments deny ingress to the pods of namespace {namespace}.',
      severity: 'medium',
      recommended: false,
    },
    // Whoever has no policies has decided so, or leaves them to somebody else.
    open: {
      text: 'No policy of the same environment denies ingress to the pods of namespace {namespace}.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    const { target, environment, repository, environmentName, complete } = inventory;
    const isNamespace = manifest.kind === 'Namespace';
    const name = isNamespace ? manifest.name : manifest.namespace;
    // The policy may be in what could not be read.
    if (name === undefined || !complete) return;
    if (environment.derived(speakers)(name, environmentName) !== manifest) return;
    if (system.test(name) || isTestDirectory(manifest.target.name)) return;
    const unbuilt = plainObjects(inventory).map((index) => ({ target, environment: index }));
    for (const view of [inventory, ...unbuilt]) {
      const { own, all, namespace } = policiesIn(view, name);
      // Pods that the policies of a namespace leave out are reported one by one.
      if (own.some(({ isolates }) => isolates.has('ingress'))) return;
      if (isIsolated(all, anyPodIn(namespace), 'ingress')) return;
      if (hasGeneratedPolicy(view.environment, namespace)) return;
    }
    const place = manifest.root.at('metadata', isNamespace ? 'name' : 'namespace');
    const elsewhere = policiesIn({ target, environment: repository }, name).own;
    const message = environment.derived(isMostlyClosed)
      ? 'leftOut'
      : elsewhere.some(({ isolates }) => isolates.has('ingress'))
        ? 'elsewhere'
        : 'open';
    report(place, message, { namespace: name });
  },
});

/** The namespaces of Kubernetes and OpenShift themselves, whose policies are for the distribution to bring. */
const system = /^(?:kube-(?:system|public|node-lease)|openshift(?:-.+)?)$/;

/** The object on which a namespace is reported, once in each environment that runs pods in it. */
function speakers(
  index: ObjectIndex<Manifest>,
): (namespace: string, environment: string | undefined) => Manifest | undefined {
  const known = new Map<string, Manifest | undefined>();
  return (namespace, environment) => {
    const key = `${namespace}\n${environment ?? ''}`;
    if (!known.has(key)) known.set(key, speakerOf(namespace, environment, index));
    return known.get(key);
  };
}

/** The Namespace itself, or else the first workload; undefined when nothing runs pods in the namespace. */
function speakerOf(
  namespace: string,
  environment: string | undefined,
  index: ObjectIndex<Manifest>,
): Manifest | undefined {
  const isInEnvironment = ({ target }: Manifest) => environmentOf(target) === environment;
  const workload = index
    .inNamespace(namespace)
    .find((object) => object.namespace === namespace && isReachable(object) && isInEnvironment(object));
  const declared = index.derived(namespacesByName).get(namespace) ?? [];
  return workload && (declared.find(isInEnvironment) ?? workload);
}

function namespacesByName(index: ObjectIndex<Manifest>): ReadonlyMap<string, readonly Manifest[]> {
  return groupBy(index.ofKind('Namespace'), ({ name }) => name);
}

/** Whether policies deny ingress to all pods in at least half of the namespaces that run pods. */
function isMostlyClosed(index: ObjectIndex<Manifest>): boolean {
  const names = new Set<string>();
  for (const object of index.ofKind(...workloads)) {
    const { namespace } = object;
    if (namespace !== undefined && !names.has(namespace) && isReachable(object)) names.add(namespace);
  }
  // Policies that name no namespace are for that of their target alone.
  const view = { target: new ObjectIndex<Manifest>([]), environment: index };
  const closed = [...names].filter((name) => {
    const { all, namespace } = policiesIn(view, name);
    return isIsolated(all, anyPodIn(namespace), 'ingress');
  });
  return 2 * closed.length >= names.size;
}

/**
 * Whether an object runs pods that serve on the pod network. Policies do not reach those on the network of the node,
 * and jobs run to completion without serving anyone.
 */
function isReachable(object: KubernetesObject): boolean {
  const pod = object.group === 'batch' ? undefined : podOf(object);
  return pod !== undefined && pod.spec.valueAt('hostNetwork') !== true;
}
