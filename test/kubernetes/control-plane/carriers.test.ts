import { describe, expect, test } from '@jest/globals';
import { componentsOf } from '../../../src/kubernetes/control-plane/carriers.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { readObject } from '../../../src/kubernetes/object.ts';
import { nodeConfigKind, projectObject } from '../../../src/kubernetes/project-file.ts';
import { parseYaml } from '../../../src/yaml/parse.ts';

function object(text: string): KubernetesObject {
  const value = parseYaml(text).documents[0]?.value;
  const read = readObject(value) ?? projectObject(nodeConfigKind(value) ?? '', value, 'file.yaml');
  if (read === undefined) throw new Error('no object');
  return read;
}

/** Each flag as `component name=value pointer`. */
function flagsOf(text: string): string[] {
  return componentsOf(object(text)).flatMap(({ component, flags }) =>
    [...flags.values()].map(({ name, value, place }) => `${component} ${name}=${value} ${place.pointer}`),
  );
}

const pod = (container: string) =>
  `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, ${container}}]}}`;
const at = '/spec/containers/0';

describe('command lines', () => {
  test.each<[string, string, string[]]>([
    [
      'name=value and name value',
      'command: [/usr/bin/etcd, --name=a, -data-dir, /d, --auto-tls]',
      [
        `etcd name=a ${at}/command/1`,
        `etcd data-dir=/d ${at}/command/2`,
        `etcd auto-tls=true ${at}/command/4`,
      ],
    ],
    [
      'the last one wins',
      'command: [kubelet], args: [--read-only-port=1, --read-only-port=0]',
      [`kubelet read-only-port=0 ${at}/args/1`],
    ],
    [
      'lists are put together',
      'command: [kube-apiserver, --authorization-mode=Node, --authorization-mode=RBAC]',
      [`kube-apiserver authorization-mode=Node,RBAC ${at}/command/2`],
    ],
    ['hyperkube', 'command: [/hyperkube, apiserver, --v=2]', [`kube-apiserver v=2 ${at}/command/2`]],
    [
      'a shell',
      'command: [/bin/sh, -ec], args: ["cd /; exec kube-scheduler --v=2 --profiling=false 2>&1 | tee /log --x"]',
      [`kube-scheduler v=2 ${at}/args/0`, `kube-scheduler profiling=false ${at}/args/0`],
    ],
    [
      'an image that runs it',
      'image: "registry.k8s.io/kube-proxy-amd64:v1.36.1", args: [--v=2]',
      [`kube-proxy v=2 ${at}/args/0`],
    ],
    [
      'the environment of etcd, after its flags',
      'command: [etcd, --name=a], env: [{name: ETCD_NAME, value: b}, {name: ETCD_AUTO_TLS, value: "true"}]',
      [`etcd name=a ${at}/command/1`, `etcd auto-tls=true ${at}/env/1/value`],
    ],
    ['another program', 'command: [scheduler, --v=2]', []],
    ['a program that only names it', 'command: [sh, -c, "pgrep etcd && sleep 1"]', []],
    ['nothing', 'command: 7, args: {a: b}', []],
  ])('%s', (_, container, expected) => {
    expect(flagsOf(pod(container))).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['alone', 'command: [kubelet]', 'program'],
    ['with a file', 'command: [kubelet, --config=/etc/kubelet.yaml]', 'unknown'],
    ['with variables of a shell', "command: [sh, -c, 'kubelet --v=2 $ARGS']", 'unknown'],
    ['with an environment from elsewhere', 'command: [etcd], envFrom: [{secretRef: {name: a}}]', 'unknown'],
  ])('what holds for flags that are not set: %s', (_, container, rest) => {
    expect(componentsOf(object(pod(container))).map((each) => each.rest)).toEqual([rest]);
  });
});

describe('tools', () => {
  test.each<[string, string, string[]]>([
    [
      'kubeadm, as a map',
      '{apiVersion: kubeadm.k8s.io/v1beta3, kind: ClusterConfiguration, etcd: {local: {extraArgs: {auto-tls: "true"}}}}',
      ['etcd auto-tls=true /etcd/local/extraArgs/auto-tls'],
    ],
    [
      'kubeadm, as a list',
      '{apiVersion: kubeadm.k8s.io/v1beta4, kind: JoinConfiguration, nodeRegistration: {kubeletExtraArgs: [{name: v, value: "2"}]}}',
      ['kubelet v=2 /nodeRegistration/kubeletExtraArgs/0/value'],
    ],
    [
      'kops',
      '{apiVersion: kops.k8s.io/v1alpha2, kind: Cluster, spec: {kubeAPIServer: {auditLogMaxAge: 3, clientCAFile: /ca, enableAdmissionPlugins: [A, B]}}}',
      [
        'kube-apiserver audit-log-maxage=3 /spec/kubeAPIServer/auditLogMaxAge',
        'kube-apiserver client-ca-file=/ca /spec/kubeAPIServer/clientCAFile',
        'kube-apiserver enable-admission-plugins=A,B /spec/kubeAPIServer/enableAdmissionPlugins',
      ],
    ],
    [
      'a KubeletConfiguration',
      '{apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, authorization: {mode: Webhook}, featureGates: {A: true, B: false}}',
      [
        'kubelet authorization-mode=Webhook /authorization/mode',
        'kubelet feature-gates=A=true,B=false /featureGates',
      ],
    ],
    [
      'k3s, with a list, a text, and more for what other files set',
      '{kubelet-arg: v=2, "etcd-arg+": [--name=a, 7]}',
      ['kubelet v=2 /kubelet-arg', 'etcd name=a /etcd-arg+/0'],
    ],
    [
      'Talos',
      '{machine: {kubelet: {extraConfig: {readOnlyPort: 1}}}, cluster: {proxy: {extraArgs: {v: [1, 2]}}}}',
      [
        'kube-proxy v=1,2 /cluster/proxy/extraArgs/v',
        'kubelet read-only-port=1 /machine/kubelet/extraConfig/readOnlyPort',
      ],
    ],
    [
      'talhelper',
      '{clusterName: a, endpoint: b, nodes: [{patches: ["machine: {kubelet: {extraArgs: {v: 2}}}", "@file", "a: [", 7]}]}',
      ['kubelet v=2 /nodes/0/patches/0'],
    ],
  ])('%s', (_, text, expected) => {
    expect(flagsOf(text)).toEqual(expected);
  });

  test('say nothing of flags that are not set', () => {
    const components = componentsOf(object('{kube-apiserver-arg: []}'));
    expect(components.map(({ component, rest, tool }) => [component, rest, tool])).toEqual([
      ['kube-apiserver', 'unknown', 'k3s'],
    ]);
  });
});
