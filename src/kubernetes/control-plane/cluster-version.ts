import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { projectKinds } from '../project-file.ts';

/** Where an object says which version of Kubernetes a cluster or its nodes run. */
export interface DeclaredVersion {
  readonly place: Field;
  /** The text in which the version stands: a version, or an image with one as tag. */
  readonly version: string;
  /** Whether a provider runs the control plane, and may support it longer than the project does. */
  readonly managed: boolean;
}

/** Versions that an object declares; fields that are not set are left out. */
export function declaredVersions({ groupKind, root }: KubernetesObject): DeclaredVersion[] {
  const managed = managedPaths[groupKind];
  return (managed ?? ownPaths[groupKind] ?? []).flatMap((path) => {
    const place = root.at(...path.split('.'));
    const text = typeof place.value === 'number' ? decimal(place.value) : place.string;
    if (text === undefined) return [];
    const version = path.endsWith('image') ? (/:([^:/@]+)(?:@.*)?$/.exec(text)?.[1] ?? '') : text;
    return [{ place, version, managed: managed !== undefined }];
  });
}

/** `1.30` without quotes is the number 1.3, which nobody means. */
function decimal(value: number): string {
  return value < 1.25 ? `${value}0` : String(value);
}

const machineTemplate = ['spec.template.spec.version'];

/** By `Kind.group`; paths are joined by dots. */
const ownPaths: Readonly<Record<string, readonly string[]>> = {
  'ClusterConfiguration.kubeadm.k8s.io': ['kubernetesVersion'],
  'KubeadmControlPlane.controlplane.cluster.x-k8s.io': ['spec.version'],
  'RKE2ControlPlane.controlplane.cluster.x-k8s.io': ['spec.version', 'spec.agentConfig.version'],
  'KThreesControlPlane.controlplane.cluster.x-k8s.io': ['spec.version'],
  'K0sControlPlane.controlplane.cluster.x-k8s.io': ['spec.version'],
  'TalosControlPlane.controlplane.cluster.x-k8s.io': ['spec.version'],
  'Cluster.cluster.x-k8s.io': ['spec.topology.version'],
  'MachineDeployment.cluster.x-k8s.io': machineTemplate,
  'MachineSet.cluster.x-k8s.io': machineTemplate,
  'MachinePool.cluster.x-k8s.io': machineTemplate,
  'Cluster.kops.k8s.io': ['spec.kubernetesVersion'],
  'Plan.upgrade.cattle.io': ['spec.version'],
  'KubernetesUpgrade.tuppr.home-operations.com': ['spec.kubernetes.version'],
  [projectKinds.talos]: ['cluster.apiServer.image', 'machine.kubelet.image'],
  [projectKinds.talhelper]: ['kubernetesVersion'],
};

const managedPaths: Readonly<Record<string, readonly string[]>> = {
  'AWSManagedControlPlane.controlplane.cluster.x-k8s.io': ['spec.version'],
  'AzureManagedControlPlane.infrastructure.cluster.x-k8s.io': ['spec.version'],
  'GCPManagedControlPlane.infrastructure.cluster.x-k8s.io': ['spec.controlPlaneVersion', 'spec.version'],
  'ClusterConfig.eksctl.io': ['metadata.version'],
  'Shoot.core.gardener.cloud': ['spec.kubernetes.version'],
  'Cluster.eks.services.k8s.aws': ['spec.version'],
  'Cluster.eks.aws.upbound.io': ['spec.forProvider.version'],
  'Cluster.eks.aws.m.upbound.io': ['spec.forProvider.version'],
  'Cluster.eks.aws.crossplane.io': ['spec.forProvider.version'],
  'Cluster.container.gcp.upbound.io': ['spec.forProvider.minMasterVersion'],
  'Cluster.container.gcp.m.upbound.io': ['spec.forProvider.minMasterVersion'],
  'ContainerCluster.container.cnrm.cloud.google.com': ['spec.minMasterVersion'],
  'KubernetesCluster.containerservice.azure.upbound.io': ['spec.forProvider.kubernetesVersion'],
  'ManagedCluster.containerservice.azure.com': ['spec.kubernetesVersion'],
};

/** `Kind.group` of all objects that may declare a version. */
export const versionKinds: readonly string[] = [...Object.keys(ownPaths), ...Object.keys(managedPaths)];
