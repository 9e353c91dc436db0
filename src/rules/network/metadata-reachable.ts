import { isObject } from '../../kubernetes/field.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { isAllowed, namespaceIn, networkPodOf, policiesFor } from '../../kubernetes/network/policies.ts';
import { defineRule, workloads } from '../rule.ts';

/** The address under which AWS, Azure and Google Cloud tell a node who it is. */
const metadataAddress = '169.254.169.254';

export default defineRule({
  id: 'network/metadata-reachable',
  severity: 'medium',
  kinds: workloads,
  summary: "Pods can reach the cloud's metadata service",
  why: 'The metadata service gives the credentials of the node to whoever asks. One request forged through a flaw in an application is enough to act in the cloud account.',
  remedy:
    'Add an egress policy for the pods; where it admits all addresses, leave 169.254.169.254/32 out under except.',
  controls: [
    'nsa:net.cloud-infrastructure',
    'mitre:T1552.005',
    'ms-ta:TA9033',
    'ms-m:M9018',
    'owasp-k8s/2025:K08',
    'kubescape:C-0052',
  ],
  bundle: 'NET',
  recommended: false,
  since: '0.1.0',
  options: {
    cloud: {
      description:
        'Whether the clusters run at a cloud provider even when nothing in the repository shows it.',
      schema: { type: 'boolean' },
      default: false,
    },
  },
  messages: {
    reachable: "No policy keeps the pods of {kind} {name} from the cloud's metadata service at {address}.",
  },
  check({ manifest, pod, inventory, options, report }) {
    const { kind, name, namespace, root } = manifest;
    const { environment, complete } = inventory;
    if (pod === undefined || namespace === undefined || !complete) return;
    if (!options.cloud && !environment.derived(isInCloud)) return;
    if (environment.derived(nodesRefusePods)) return;
    const networkPod = networkPodOf(pod, namespaceIn(environment, namespace));
    if (networkPod === undefined) return;
    // Workload Identity of Google puts a service of its own in the way, which these pods need.
    const [account] = environment.find('ServiceAccount', namespace, networkPod.serviceAccount);
    if (account?.root.at('metadata', 'annotations', 'iam.gke.io/gcp-service-account').exists) return;
    const port = { protocol: 'TCP', number: 80 } as const;
    if (
      isAllowed(policiesFor(networkPod, inventory), networkPod, {
        direction: 'egress',
        party: metadataAddress,
        port,
      })
    )
      report(root.at('metadata', 'name'), 'reachable', { kind, name, address: metadataAddress });
  },
});

const cloudKinds = ['ServiceAccount', 'Service', 'Ingress.networking.k8s.io'];

/** Domains of annotations that only controllers of a cloud provider read. */
const cloudAnnotation =
  /^(?:eks\.amazonaws\.com|alb\.ingress\.kubernetes\.io|iam\.gke\.io|cloud\.google\.com|networking\.gke\.io|azure\.workload\.identity)\/|\/(?:aws|azure)-load-balancer-/;

const cloudDisks =
  /^(?:ebs\.csi\.aws\.com|efs\.csi\.aws\.com|(?:pd|filestore)\.csi\.storage\.gke\.io|(?:disk|file)\.csi\.azure\.com)$/;

/** Whether something in an index is meant for a cloud provider. */
function isInCloud(index: ObjectIndex): boolean {
  const annotated = index.ofKind(...cloudKinds).some(({ root }) => {
    const annotations = root.valueAt('metadata', 'annotations');
    return isObject(annotations) && Object.keys(annotations).some((key) => cloudAnnotation.test(key));
  });
  const classes = index.ofKind('StorageClass.storage.k8s.io');
  return (
    annotated ||
    classes.some(({ root }) => cloudDisks.test(root.at('provisioner').string ?? '')) ||
    index.ofKind(...nodeClasses).length > 0
  );
}

const nodeClasses = ['EC2NodeClass.karpenter.k8s.aws'];

/** Whether AWS answers only the nodes themselves: one hop, which is what Karpenter sets unless told otherwise. */
function nodesRefusePods(index: ObjectIndex): boolean {
  const classes = index.ofKind(...nodeClasses);
  const hops = classes.map(({ root }) => root.at('spec', 'metadataOptions', 'httpPutResponseHopLimit').value);
  return classes.length > 0 && hops.every((limit) => limit === undefined || limit === 1);
}
