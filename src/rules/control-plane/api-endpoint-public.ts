import type { Field } from '../../kubernetes/field.ts';
import { isEveryAddress } from '../../kubernetes/network/cidr.ts';
import { isTestDirectory } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

/** Who may reach the API server or the nodes of a cluster from outside. */
interface Exposure {
  readonly what: string;
  /** The switch that opens the endpoint to the internet; it exists when it is set. */
  readonly open: Field;
  /** Whether the endpoint is public: as written, or as the provider has it when nothing is said. */
  readonly isPublic: boolean;
  /** The addresses that may reach it. */
  readonly allowed: Field;
  /** Where an item of `allowed` has its block. */
  readonly block?: string;
}

const api = 'the API server';

/** Fields as in the custom resource definitions and types of each project. */
const exposures: Readonly<Record<string, (root: Field) => readonly Exposure[]>> = {
  'AWSManagedControlPlane.controlplane.cluster.x-k8s.io': (root) => [
    eks(root.at('spec', 'endpointAccess'), 'public', 'publicCIDRs'),
    bastion(root.at('spec', 'bastion')),
  ],
  'AWSCluster.infrastructure.cluster.x-k8s.io': (root) => [bastion(root.at('spec', 'bastion'))],
  'Cluster.eks.services.k8s.aws': (root) => [
    eks(root.at('spec', 'resourcesVPCConfig'), 'endpointPublicAccess', 'publicAccessCIDRs'),
  ],
  'Cluster.eks.aws.upbound.io': upboundEks,
  'Cluster.eks.aws.m.upbound.io': upboundEks,
  'Cluster.eks.aws.crossplane.io': (root) =>
    crossplane(root.at('spec', 'forProvider', 'resourcesVpcConfig'), 'publicAccessCidrs'),
  'ClusterConfig.eksctl.io': (root) => {
    const vpc = root.at('vpc');
    const open = vpc.at('clusterEndpoints', 'publicAccess');
    return root.at('privateCluster', 'enabled').value === true
      ? []
      : [{ what: api, open, isPublic: open.value !== false, allowed: vpc.at('publicAccessCIDRs') }];
  },
  'AzureManagedControlPlane.infrastructure.cluster.x-k8s.io': (root) => [
    aks(root.at('spec', 'apiServerAccessProfile')),
  ],
  'ManagedCluster.containerservice.azure.com': (root) => [aks(root.at('spec', 'apiServerAccessProfile'))],
  'GCPManagedControlPlane.infrastructure.cluster.x-k8s.io': (root) => {
    const spec = root.at('spec');
    const privacy = spec.at('clusterNetwork', 'privateCluster');
    const networks = spec.at('master_authorized_networks_config');
    return [gke(privacy, networks, networks.at('cidr_blocks'), 'cidr_block')];
  },
  'ContainerCluster.container.cnrm.cloud.google.com': (root) => {
    const networks = root.at('spec', 'masterAuthorizedNetworksConfig');
    return [gke(root.at('spec', 'privateClusterConfig'), networks, networks.at('cidrBlocks'), 'cidrBlock')];
  },
  'Cluster.container.gcp.upbound.io': upboundGke,
  'Cluster.container.gcp.m.upbound.io': upboundGke,
  'Cluster.kops.k8s.io': (root) => kops(root.at('spec')),
};

export default defineRule({
  id: 'control-plane/api-endpoint-public',
  severity: 'high',
  kinds: Object.keys(exposures),
  summary: 'API server or nodes can be reached from the whole internet',
  why: 'An endpoint that everyone can reach is scanned and tried all the time. One stolen credential or one flaw in authentication is then enough, from anywhere.',
  remedy:
    'Turn the public endpoint off, or list the addresses that may reach it: offices, a VPN, the CI system.',
  controls: ['nsa:net.control-plane', 'ms-ta:TA9005', 'owasp-k8s/2025:K06'],
  bundle: 'EDGE',
  recommended: true,
  since: '0.1.0',
  messages: {
    everyone: 'Address block {block} lets the whole internet reach {what}.',
    unlimited: 'The public endpoint has no list of addresses, so the whole internet can reach {what}.',
    unsaid: {
      text: 'Nothing limits who can reach {what}; by default that is the whole internet.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    if (isTestDirectory(manifest.target.name)) return;
    for (const { what, open, isPublic, allowed, block } of exposures[manifest.groupKind]?.(manifest.root) ??
      []) {
      if (!isPublic) continue;
      const blocks = allowed.items().map((item) => (block === undefined ? item : item.at(block)));
      const everyone = blocks.find(({ value }) => isEveryAddress(value));
      if (everyone !== undefined) report(everyone, 'everyone', { what, block: String(everyone.value) });
      else if (blocks.length === 0) report(open, open.exists ? 'unlimited' : 'unsaid', { what });
    }
  },
});

function eks(config: Field, endpoint: string, blocks: string): Exposure {
  const open = config.at(endpoint);
  return { what: api, open, isPublic: open.value !== false, allowed: config.at(blocks) };
}

function upboundEks(root: Field): Exposure[] {
  return crossplane(root.at('spec', 'forProvider', 'vpcConfig'), 'publicAccessCidrs');
}

/** Upbound's providers have lists of one item up to v1beta1, and maps from v1beta2. */
function crossplane(config: Field, blocks: string): Exposure[] {
  const configs = config.items().length > 0 ? config.items() : [config];
  return configs.map((each) => eks(each, 'endpointPublicAccess', blocks));
}

function aks(profile: Field): Exposure {
  const open = profile.at('enablePrivateCluster');
  return { what: api, open, isPublic: open.value !== true, allowed: profile.at('authorizedIPRanges') };
}

/** A configuration of authorized networks that names none lets in none from outside. */
function gke(privacy: Field, networks: Field, allowed: Field, block: string): Exposure {
  const isPrivate = privacy.at('enablePrivateEndpoint').value === true;
  const isClosed = networks.exists && allowed.items().length === 0;
  return { what: api, open: networks, isPublic: !isPrivate && !isClosed, allowed, block };
}

function upboundGke(root: Field): Exposure[] {
  const spec = root.at('spec', 'forProvider');
  const first = (name: string) => spec.at(name).items()[0] ?? spec.at(name);
  const networks = first('masterAuthorizedNetworksConfig');
  return [gke(first('privateClusterConfig'), networks, networks.at('cidrBlocks'), 'cidrBlock')];
}

/** A host for SSH; without a list everyone may reach it. */
function bastion(field: Field): Exposure {
  const open = field.at('enabled');
  const isPublic = open.value === true && field.at('disableIngressRules').value !== true;
  return { what: 'the bastion host', open, isPublic, allowed: field.at('allowedCIDRBlocks') };
}

/** Nodes in private subnets have no address of their own on the internet; a load balancer or a bastion may. */
function kops(spec: Field): Exposure[] {
  const topology = spec.at('topology');
  const isPrivate = (role: string) =>
    topology.at(role).value === 'private' ||
    (!topology.at(role).exists && spec.at('subnets').items().length > 0 && !hasPublicSubnet(spec));
  const balancer = spec.at('api', 'loadBalancer', 'type').value;
  const isApiPublic = balancer === 'Public' || (balancer !== 'Internal' && !isPrivate('masters'));
  const bastion = topology.at('bastion').exists;
  const lists = [
    [api, spec.at('kubernetesApiAccess'), isApiPublic],
    [api, spec.at('api', 'access'), isApiPublic],
    [
      bastion ? 'SSH of the bastion host' : 'SSH of the nodes',
      spec.at('sshAccess'),
      bastion || !isPrivate('nodes'),
    ],
    ['the node ports', spec.at('nodePortAccess'), !isPrivate('nodes')],
  ] as const;
  return lists.map(([what, allowed, isPublic]) => ({
    what,
    open: allowed,
    isPublic: isPublic && allowed.exists,
    allowed,
  }));
}

function hasPublicSubnet(spec: Field): boolean {
  return spec
    .at('subnets')
    .items()
    .some((subnet) => subnet.at('type').value === 'Public');
}
