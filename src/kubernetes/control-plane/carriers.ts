import { parseYaml } from '../../yaml/parse.ts';
import { Field, isObject } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { projectKinds } from '../project-file.ts';
import { type Container, containersOf, podOf, workloadKinds } from '../workload.ts';
import { addFlag, readArguments, readExtraArgs, readPairs, settingOf, type Word } from './arguments.ts';
import { kubeletFields } from './flag-checks.ts';
import type { Component, ComponentFlags, Flag, Tool } from './flags.ts';

/**
 * What an object says of the components of a control plane and its nodes, whatever the form.
 * @param containers those of its pod.
 */
export function componentsOf(
  object: KubernetesObject,
  containers: readonly Container[] = containersIn(object),
): ComponentFlags[] {
  if (containers.length === 0) return carriers.get(object.groupKind)?.(object.root) ?? [];
  const candidates = containers.filter(mayRunComponent);
  if (candidates.length === 0) return [];
  const isControlPlane = object.kind === 'Pod' || object.namespace === 'kube-system';
  return candidates.flatMap((container) => componentOfContainer(container, !isControlPlane) ?? []);
}

function containersIn(object: KubernetesObject): readonly Container[] {
  const pod = podOf(object);
  return pod === undefined ? [] : containersOf(pod);
}

/** Flags of one component in an object. */
export function componentFlags(
  object: KubernetesObject,
  component: Component,
  containers?: readonly Container[],
): ComponentFlags[] {
  return componentsOf(object, containers).filter((each) => each.component === component);
}

/** Whether an object sets up a component, or is of a kind that only the component reads. */
export function isAbout(component: Component): (object: KubernetesObject) => boolean {
  return (object) =>
    !carrierKinds.includes(object.groupKind) ||
    componentFlags(object, component).some(({ rest, flags }) => rest !== 'unknown' || flags.size > 0);
}

const kubeadmConfigs = ['bootstrap.cluster.x-k8s.io', 'controlplane.cluster.x-k8s.io'] as const;

/** What each kind says of components, by `Kind.group`. */
const carriers: ReadonlyMap<string, (root: Field) => ComponentFlags[]> = new Map([
  ['ClusterConfiguration.kubeadm.k8s.io', clusterConfiguration],
  ['InitConfiguration.kubeadm.k8s.io', nodeRegistration],
  ['JoinConfiguration.kubeadm.k8s.io', nodeRegistration],
  [`KubeadmConfig.${kubeadmConfigs[0]}`, (root) => kubeadmConfigSpec(root.at('spec'))],
  [
    `KubeadmConfigTemplate.${kubeadmConfigs[0]}`,
    (root) => kubeadmConfigSpec(root.at('spec', 'template', 'spec')),
  ],
  [
    `KubeadmControlPlane.${kubeadmConfigs[1]}`,
    (root) => kubeadmConfigSpec(root.at('spec', 'kubeadmConfigSpec')),
  ],
  [
    `KubeadmControlPlaneTemplate.${kubeadmConfigs[1]}`,
    (root) => kubeadmConfigSpec(root.at('spec', 'template', 'spec', 'kubeadmConfigSpec')),
  ],
  [`RKE2Config.${kubeadmConfigs[0]}`, (root) => rke2(root.at('spec'))],
  [`RKE2ConfigTemplate.${kubeadmConfigs[0]}`, (root) => rke2(root.at('spec', 'template', 'spec'))],
  [`RKE2ControlPlane.${kubeadmConfigs[1]}`, (root) => rke2(root.at('spec'))],
  [`RKE2ControlPlaneTemplate.${kubeadmConfigs[1]}`, (root) => rke2(root.at('spec', 'template', 'spec'))],
  ['Cluster.kops.k8s.io', kops],
  ['InstanceGroup.kops.k8s.io', kops],
  ['KubeletConfiguration.kubelet.config.k8s.io', (root) => [kubelet(root, 'file')]],
  [
    'KubeletConfig.machineconfiguration.openshift.io',
    (root) => [kubelet(root.at('spec', 'kubeletConfig'), 'openshift')],
  ],
  ['Shoot.core.gardener.cloud', gardener],
  ['ClusterConfig.eksctl.io', eksctl],
  [projectKinds.talos, talos],
  [projectKinds.talhelper, talhelper],
  [projectKinds.k3s, k3s],
]);

/** `Kind.group` of all objects that may say something of a component. */
export const carrierKinds: readonly string[] = [...workloadKinds, ...carriers.keys()];

function fromTool(
  component: Component,
  tool: Tool,
  place: Field,
  flags: ReadonlyMap<string, Flag>,
): ComponentFlags {
  return { component, tool, flags, place, rest: 'unknown' };
}

/** kubeadm ClusterConfiguration, of which Cluster API has a copy. */
function clusterConfiguration(root: Field): ComponentFlags[] {
  const lists: readonly (readonly [Component, Field])[] = [
    ['kube-apiserver', root.at('apiServer', 'extraArgs')],
    ['kube-controller-manager', root.at('controllerManager', 'extraArgs')],
    ['kube-scheduler', root.at('scheduler', 'extraArgs')],
    ['etcd', root.at('etcd', 'local', 'extraArgs')],
  ];
  return lists.map(([component, place]) => fromTool(component, 'kubeadm', place, readExtraArgs(place)));
}

function nodeRegistration(root: Field): ComponentFlags[] {
  const place = root.at('nodeRegistration', 'kubeletExtraArgs');
  return [fromTool('kubelet', 'kubeadm', place, readExtraArgs(place))];
}

function kubeadmConfigSpec(spec: Field): ComponentFlags[] {
  return [
    ...clusterConfiguration(spec.at('clusterConfiguration')),
    ...nodeRegistration(spec.at('initConfiguration')),
    ...nodeRegistration(spec.at('joinConfiguration')),
  ];
}

/** RKE2 of Cluster API: it runs components as k3s does. */
function rke2(spec: Field): ComponentFlags[] {
  const lists: readonly (readonly [Component, Field])[] = [
    ['kube-apiserver', spec.at('serverConfig', 'kubeAPIServer', 'extraArgs')],
    ['kube-controller-manager', spec.at('serverConfig', 'kubeControllerManager', 'extraArgs')],
    ['kube-scheduler', spec.at('serverConfig', 'kubeScheduler', 'extraArgs')],
    ['etcd', spec.at('serverConfig', 'etcd', 'customConfig', 'extraArgs')],
    ['kubelet', spec.at('agentConfig', 'kubelet', 'extraArgs')],
  ];
  return lists.map(([component, place]) => fromTool(component, 'k3s', place, readPairs(place)));
}

/** config.yaml of k3s and RKE2. A name that ends in `+` adds to what other files set. */
function k3s(root: Field): ComponentFlags[] {
  return root.properties().flatMap((place) => {
    const component = componentNames.find((name) => new RegExp(`^${name}-arg\\+?$`).test(String(place.key)));
    return component === undefined ? [] : [fromTool(component, 'k3s', place, readPairs(place))];
  });
}

/** kops names fields after flags. */
function kops(root: Field): ComponentFlags[] {
  const spec = root.at('spec');
  const lists: readonly (readonly [Component, Field])[] = [
    ['kube-apiserver', spec.at('kubeAPIServer')],
    ['kubelet', spec.at('kubelet')],
    ['kubelet', spec.at('masterKubelet')],
    ['kubelet', spec.at('controlPlaneKubelet')],
  ];
  return lists.map(([component, place]) => {
    const flags = new Map<string, Flag>();
    for (const field of place.properties()) {
      const value = settingOf(field);
      const written = String(field.key);
      if (value !== undefined) addFlag(flags, { name: kopsFlag(written), written, value, place: field });
    }
    return fromTool(component, 'kops', place, flags);
  });
}

/** Source: the `flag` tags in kubernetes/kops 2689272 pkg/apis/kops/v1alpha2/componentconfig.go. */
const kopsExceptions: Readonly<Record<string, string>> = {
  auditLogMaxAge: 'audit-log-maxage',
  auditLogMaxBackups: 'audit-log-maxbackup',
  auditLogMaxSize: 'audit-log-maxsize',
  etcdCaFile: 'etcd-cafile',
  etcdCertFile: 'etcd-certfile',
  etcdKeyFile: 'etcd-keyfile',
  podPidsLimit: 'pod-max-pids',
};

function kopsFlag(field: string): string {
  const words = field.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return kopsExceptions[field] ?? words.toLowerCase();
}

/** A KubeletConfiguration, or a part of one that a tool merges into its own. */
function kubelet(root: Field, from: 'file' | Tool): ComponentFlags {
  const flags = new Map<string, Flag>();
  for (const { path, flag } of kubeletFields) {
    const place = root.at(...path);
    const value = settingOf(place);
    if (value !== undefined) addFlag(flags, { name: flag, written: path.join('.'), value, place });
  }
  if (from !== 'file') return fromTool('kubelet', from, root, flags);
  return { component: 'kubelet', flags, place: root, rest: 'file' };
}

function gardener(root: Field): ComponentFlags[] {
  const spec = root.at('spec');
  const plugins = spec.at('kubernetes', 'kubeAPIServer', 'admissionPlugins');
  const flags = new Map<string, Flag>();
  for (const plugin of plugins.items())
    if (plugin.at('disabled').value === true)
      addFlag(flags, {
        name: 'disable-admission-plugins',
        written: 'admissionPlugins.disabled',
        value: plugin.at('name').string ?? '',
        place: plugin.at('disabled'),
      });
  const workers = spec.at('provider', 'workers').items();
  return [
    fromTool('kube-apiserver', 'gardener', plugins, flags),
    ...[spec, ...workers].map((each) => kubelet(each.at('kubernetes', 'kubelet'), 'gardener')),
  ];
}

function eksctl(root: Field): ComponentFlags[] {
  const groups = [...root.at('nodeGroups').items(), ...root.at('managedNodeGroups').items()];
  return groups.map((group) => kubelet(group.at('kubeletExtraConfig'), 'eksctl'));
}

/** A machine configuration of Talos, or a patch of one. */
function talos(root: Field): ComponentFlags[] {
  const lists: readonly (readonly [Component, Field])[] = [
    ['kube-apiserver', root.at('cluster', 'apiServer', 'extraArgs')],
    ['kube-controller-manager', root.at('cluster', 'controllerManager', 'extraArgs')],
    ['kube-scheduler', root.at('cluster', 'scheduler', 'extraArgs')],
    ['kube-proxy', root.at('cluster', 'proxy', 'extraArgs')],
    ['etcd', root.at('cluster', 'etcd', 'extraArgs')],
    ['kubelet', root.at('machine', 'kubelet', 'extraArgs')],
  ];
  return [
    ...lists.map(([component, place]) => fromTool(component, 'talos', place, readExtraArgs(place))),
    kubelet(root.at('machine', 'kubelet', 'extraConfig'), 'talos'),
  ];
}

/** talconfig.yaml of talhelper, whose patches are texts of YAML. */
function talhelper(root: Field): ComponentFlags[] {
  return talhelperPatches(root).flatMap(({ field, patch }) =>
    talos(patch).map((component) => ({ ...component, place: field, flags: inText(component.flags, field) })),
  );
}

/** The patches that stand in a talconfig.yaml itself, parsed. */
export function talhelperPatches(root: Field): { readonly field: Field; readonly patch: Field }[] {
  const nodes = [root, root.at('controlPlane'), root.at('worker'), ...root.at('nodes').items()];
  return nodes.flatMap((node) =>
    node
      .at('patches')
      .items()
      .flatMap((field) => {
        const text = field.string;
        if (text === undefined || text.startsWith('@')) return [];
        const values = parseYaml(text).documents.map(({ value }) => value);
        return values.filter(isObject).map((value) => ({ field, patch: new Field(value) }));
      }),
  );
}

function inText(flags: ReadonlyMap<string, Flag>, place: Field): ReadonlyMap<string, Flag> {
  const moved = [...flags].map(([name, flag]) => {
    const part = String(flag.place.key);
    return [name, { ...flag, place, part }] as const;
  });
  return new Map(moved);
}

const componentNames: readonly Component[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'etcd',
];

/** Whether it is worth to read the command of a container; hardly any is that of a component. */
function mayRunComponent({ field: { value } }: Container): boolean {
  if (!isObject(value)) return false;
  return mayNameComponent(value.image) || mayNameComponent(value.command) || mayNameComponent(value.args);
}

/** Whether a component, or hyperkube, may be named: all these names have `kube` or `etcd` in them. */
function mayNameComponent(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('kube') || value.includes('etcd');
  return Array.isArray(value) ? value.some(mayNameComponent) : isObject(value);
}

function componentOfContainer(container: Container, hosted: boolean): ComponentFlags | undefined {
  const [command, args] = [container.field.at('command'), container.field.at('args')];
  const words = [...command.items(), ...args.items()].flatMap((place) => {
    const text = settingOf(place);
    return text === undefined ? [] : [{ text, place }];
  });
  const line = commandLine(words) ?? commandOfImage(words, container.field.at('image'));
  if (line === undefined) return undefined;
  const { component, rest, isOpen } = line;
  const flags = readArguments(rest);
  if (component === 'etcd') addEnvironment(flags, container.field.at('env'));
  const list = args.items().length > 0 && command.items().length <= 1 && flagsStandIn(args) ? args : command;
  const isPartial =
    isOpen || container.field.at('envFrom').exists || flags.has('config') || flags.has('config-file');
  return {
    component,
    flags,
    place: list.exists ? list.at(list.items().length) : container.field.at('command'),
    rest: isPartial ? 'unknown' : 'program',
    ...(hosted && { hosted }),
    container,
  };
}

function flagsStandIn(list: Field): boolean {
  return list.items().some(({ value }) => typeof value === 'string' && value.startsWith('-'));
}

interface CommandLine {
  readonly component: Component;
  readonly rest: readonly Word[];
  /** Whether a shell adds words that are not known. */
  readonly isOpen: boolean;
}

/** What a container runs when it is a component, also through hyperkube or a shell. */
function commandLine(words: readonly Word[]): CommandLine | undefined {
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  const program = programOf(first.text);
  if (program === 'hyperkube') {
    const name = programOf(rest[0]?.text ?? '');
    const component = componentNamed(name) ?? componentNamed(`kube-${name}`);
    return component && { component, rest: rest.slice(1), isOpen: false };
  }
  if (/^(?:sh|bash|ash|dash)$/.test(program)) {
    const script = rest.find(({ text }) => !text.startsWith('-'));
    return script && commandOfScript(script);
  }
  const component = componentNamed(program);
  return component && { component, rest, isOpen: false };
}

function commandOfScript({ text, place }: Word): CommandLine | undefined {
  const words = text
    .replaceAll('\\\n', ' ')
    .split(/[ \t]+|(\n|[;&|]+)/)
    .filter(Boolean);
  const start = words.findIndex((word) => componentNamed(programOf(word)) !== undefined);
  const component = componentNamed(programOf(words[start] ?? ''));
  if (component === undefined) return undefined;
  const after = words.slice(start + 1);
  const end = after.findIndex((word) => /^[\n;&|]/.test(word));
  const own = (end < 0 ? after : after.slice(0, end)).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  // A component that is only called by name, as in `pgrep etcd` or `echo kubelet`, gets no flags of its own.
  if (!own.some((word) => word.startsWith('--'))) return undefined;
  return {
    component,
    rest: own.map((word) => ({ text: word, place, isPart: true })),
    isOpen: own.some((word) => /^["']?\$[^(]/.test(word)),
  };
}

/** Images of kube-apiserver run it when only flags are given. */
function commandOfImage(words: readonly Word[], image: Field): CommandLine | undefined {
  if (words[0]?.text.startsWith('--') !== true) return undefined;
  const [repository = ''] = (image.string ?? '').split(/[@]|:(?=[^/]*$)/);
  const component = componentNamed(programOf(repository).replace(/-(?:amd64|arm64)$/, ''));
  return component && component !== 'etcd' ? { component, rest: words, isOpen: false } : undefined;
}

function programOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function componentNamed(name: string): Component | undefined {
  return componentNames.find((each) => each === name);
}

/** etcd reads `ETCD_CERT_FILE` as `--cert-file`; flags go before. */
function addEnvironment(flags: Map<string, Flag>, env: Field): void {
  for (const variable of env.items()) {
    const written = variable.at('name').string ?? '';
    const name = /^ETCD_([A-Z0-9_]+)$/.exec(written)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (name === undefined || flags.has(name)) continue;
    const place = variable.at('value');
    flags.set(name, { name, written, value: settingOf(place) ?? 'from elsewhere', place });
  }
}
