import { Field, isObject } from './field.ts';
import type { KubernetesObject } from './object.ts';

/**
 * The kinds under which rules see files that no cluster gets, but that decide what it gets. The groups are those of the
 * projects that read them; only `Kustomization` and `Component` are written in the files themselves.
 */
export const projectKinds = {
  kustomization: 'Kustomization.kustomize.config.k8s.io',
  component: 'Component.kustomize.config.k8s.io',
  /** Chart.yaml. */
  chart: 'Chart.helm.sh',
  /** Chart.lock. */
  lock: 'Lock.helm.sh',
  /** A values file of a chart. */
  values: 'Values.helm.sh',
  /** .sops.yaml. */
  sops: 'SopsConfig.getsops.io',
  /** A machine configuration of Talos, or a patch of one. */
  talos: 'MachineConfig.talos.dev',
  /** talconfig.yaml of talhelper. */
  talhelper: 'TalConfig.talhelper.dev',
  /** config.yaml of k3s and RKE2. */
  k3s: 'Config.k3s.io',
} as const;

const kinds: ReadonlySet<string> = new Set(Object.values(projectKinds));

/** Whether a `Kind.group` is one of {@link projectKinds}: rules for all kinds do not look at these. */
export function isProjectKind(groupKind: string): boolean {
  return kinds.has(groupKind);
}

/**
 * A document of such a file in the shape of an object; undefined when it is no map.
 * @param fallback what it is called when it does not say: its path, or that of its directory.
 */
export function projectObject(
  groupKind: string,
  value: unknown,
  fallback: string,
): KubernetesObject | undefined {
  if (!isObject(value)) return undefined;
  const root = new Field(value);
  const [kind = '', ...group] = groupKind.split('.');
  const apiVersion = root.at('apiVersion').string ?? '';
  const named = groupKind === projectKinds.chart ? root.at('name') : root.at('metadata', 'name');
  return {
    apiVersion,
    group: group.join('.'),
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    groupKind,
    name: named.string ?? fallback,
    namespace: undefined,
    root,
  };
}

/** Whether a text may be the configuration of nodes; others need no parsing. */
export function mayConfigureNodes(text: string): boolean {
  return /^(?:machine|cluster|clusterName|(?:kube-(?:apiserver|controller-manager|scheduler|proxy)|kubelet|etcd)-arg\+?):/m.test(
    text,
  );
}

/** Under which kind rules see a document that configures nodes and has no kind of its own; undefined for others. */
export function nodeConfigKind(value: unknown): string | undefined {
  if (!isObject(value) || 'kind' in value) return undefined;
  const keys = Object.keys(value);
  if (keys.some((key) => k3sArguments.test(key))) return projectKinds.k3s;
  if (Array.isArray(value.nodes) && 'clusterName' in value && 'endpoint' in value)
    return projectKinds.talhelper;
  const parts = [value.machine, value.cluster].filter((part) => part !== undefined);
  const isTalos =
    parts.length > 0 &&
    keys.every((key) => talosKeys.has(key)) &&
    parts.every((part) => isObject(part) && Object.keys(part).every((key) => talosSections.has(key)));
  return isTalos ? projectKinds.talos : undefined;
}

const k3sArguments = /^(?:kube-(?:apiserver|controller-manager|scheduler|proxy)|kubelet|etcd)-arg\+?$/;

const talosKeys = new Set(['version', 'debug', 'persist', 'machine', 'cluster']);

/** Source: siderolabs/talos ad88231 pkg/machinery/config/types/v1alpha1/v1alpha1_types.go. */
const talosSections = new Set([
  'acceptedCAs',
  'adminKubeconfig',
  'aescbcEncryptionSecret',
  'aggregatorCA',
  'allowSchedulingOnControlPlanes',
  'allowSchedulingOnMasters',
  'apiServer',
  'baseRuntimeSpecOverrides',
  'ca',
  'certSANs',
  'clusterName',
  'controlPlane',
  'controllerManager',
  'coreDNS',
  'discovery',
  'disks',
  'env',
  'etcd',
  'externalCloudProvider',
  'extraManifestHeaders',
  'extraManifests',
  'features',
  'files',
  'id',
  'inlineManifests',
  'install',
  'kernel',
  'kubelet',
  'logging',
  'network',
  'nodeAnnotations',
  'nodeLabels',
  'nodeTaints',
  'pods',
  'proxy',
  'registries',
  'scheduler',
  'seccompProfiles',
  'secret',
  'secretboxEncryptionSecret',
  'serviceAccount',
  'sysctls',
  'sysfs',
  'systemDiskEncryption',
  'time',
  'token',
  'type',
  'udev',
]);
