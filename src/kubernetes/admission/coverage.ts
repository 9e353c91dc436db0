import { applicationSources, argoApplications } from '../argo-cd.ts';
import type { Field } from '../field.ts';
import { kustomizationKind, patching } from '../flux.ts';
import type { ObjectIndex } from '../inventory.ts';
import type { KubernetesObject } from '../object.ts';
import { projectKinds } from '../project-file.ts';

/**
 * Whether something in a repository gives all namespaces of its clusters a level of Pod Security: OpenShift labels them
 * itself, Talos enforces baseline, and an AdmissionConfiguration may set a default.
 */
export function hasClusterDefault(repository: ObjectIndex): boolean {
  return (
    [...repository.kinds].some((kind) => openShift.test(kind)) ||
    repository.ofKind('Namespace').some(isOpenShift) ||
    repository.ofKind(...clusterDefaults).length > 0 ||
    repository.ofKind(...apiServers).some(({ root }) => mentions(root, /admission-control-config-file/))
  );
}

const clusterDefaults = [
  'AdmissionConfiguration.apiserver.config.k8s.io',
  'PodSecurityConfiguration.pod-security.admission.config.k8s.io',
  projectKinds.talos,
  projectKinds.talhelper,
];

const apiServers = [
  'Pod',
  projectKinds.k3s,
  'ClusterConfiguration.kubeadm.k8s.io',
  'KubeadmControlPlane.controlplane.cluster.x-k8s.io',
  'RKE2ControlPlane.controlplane.cluster.x-k8s.io',
];

/** Of `Kind.group`. */
const openShift = /\.openshift\.io$/;

function isOpenShift({ root }: KubernetesObject): boolean {
  const metadata = root.at('metadata');
  return [metadata.at('labels'), metadata.at('annotations')].some((map) =>
    map.properties().some(({ key }) => /^(?:[^/]+\.)?openshift\.io\//.test(String(key))),
  );
}

/**
 * Whether an index has policies of an engine on what pods may do, installs a chart of such policies, or has something
 * that labels namespaces. Whether they cover all namespaces, and enforce, is left open.
 */
export function hasPodPolicies(index: ObjectIndex): boolean {
  return (
    index
      .ofKind(...[...index.kinds].filter(isPolicy))
      .some(({ kind, root }) => onPods.test(kind) || mentions(root, onPods)) ||
    index.ofKind(...argoApplications).some(bringsPolicies) ||
    index.ofKind(...chartInstallers).some(bringsPolicies) ||
    index.ofKind(kustomizationKind).some(({ root }) => mentions(root.at('spec', 'commonMetadata'), onPods)) ||
    index.derived(patchesNamespaces)
  );
}

const patchesNamespaces = patching('Namespace', 'metadata', 'labels');

const chartInstallers = ['HelmRelease.helm.toolkit.fluxcd.io', 'HelmChart.helm.cattle.io'];

function bringsPolicies(object: KubernetesObject): boolean {
  const spec = object.root.at('spec');
  const sources =
    object.group === 'argoproj.io' ? applicationSources(object) : [spec.at('chart'), spec.at('chartRef')];
  return policyCharts.test(object.name) || sources.some((source) => mentions(source, policyCharts));
}

const policyCharts = /kyverno-polic|gatekeeper-(?:polic|librar)|kubewarden-defaults|pod-?security/i;

const onPods =
  /pod-?security|securityContext|privileged|host(?:Path|Network|PID|IPC|Namespace)|runAsNonRoot|PSP|psp-/i;

/** The groups of policy engines. */
const policyGroups = new Set([
  'constraints.gatekeeper.sh',
  'templates.gatekeeper.sh',
  'mutations.gatekeeper.sh',
  'kyverno.io',
  'policies.kyverno.io',
  'policies.kubewarden.io',
  'jspolicy.com',
]);

/** @param groupKind `Kind.group` */
function isPolicy(groupKind: string): boolean {
  const [kind = '', ...labels] = groupKind.split('.');
  const group = labels.join('.');
  if (policyGroups.has(group)) return kind !== 'PolicyException';
  return group === 'admissionregistration.k8s.io' && kind.endsWith('AdmissionPolicy');
}

/** Whether a key or a text below a place fits. */
function mentions(place: Field, pattern: RegExp): boolean {
  if (place.string !== undefined) return pattern.test(place.string);
  const inner = [...place.properties(), ...place.items()];
  return inner.some((each) => pattern.test(String(each.key)) || mentions(each, pattern));
}
