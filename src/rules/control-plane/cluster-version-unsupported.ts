import { declaredVersions, versionKinds } from '../../kubernetes/control-plane/cluster-version.ts';
import { minorOf, oldestSupportedMinor, supportOf } from '../../kubernetes/control-plane/releases.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isTestDirectory } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'control-plane/cluster-version-unsupported',
  severity: 'high',
  kinds: versionKinds,
  summary: 'Cluster runs a version of Kubernetes that gets no more fixes',
  why: 'The Kubernetes project fixes each minor release for about 14 months. After that, holes that everybody can read about stay open.',
  remedy: 'Upgrade, one minor release at a time, to one that is supported.',
  controls: [
    'nist-800-53/r5:SI-2',
    'nist-800-53/r5:SA-22',
    'nsa:upg.upgrade',
    'kubescape:C-0273',
    'owasp-k8s/2025:K07',
  ],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  options: {
    oldest: {
      description:
        'Oldest minor release that is supported, such as 1.33; when empty, what the Kubernetes project supported when Plimsoll was released.',
      schema: { type: 'string', pattern: '^(?:1\\.[0-9]{1,3})?$' },
      default: '',
    },
  },
  messages: {
    ended:
      'Kubernetes {version} has had no more fixes since {since}; the oldest supported release is 1.{oldest}.',
    ancient:
      'Kubernetes {version} has had no more fixes for years; the oldest supported release is 1.{oldest}.',
    extended: {
      text: 'Kubernetes {version} has had no more fixes by the project since {since}, only those of the provider’s extended support.',
      severity: 'medium',
    },
    skew: 'Nodes of Kubernetes {version} do not work with a control plane of {control}: they must not be newer, nor more than three minor releases older.',
    tooOld: 'Kubernetes {version} is older than 1.{oldest}, the oldest release that the config allows.',
  },
  check({ manifest, inventory, options, report }) {
    if (isTestDirectory(manifest.target.name)) return;
    const control = controlPlaneVersion(manifest, inventory.target);
    const allowed = minorOf(options.oldest);
    for (const { place, version, managed } of declaredVersions(manifest)) {
      const minor = minorOf(version);
      if (minor === undefined) continue;
      const ahead = minor - (minorOf(control) ?? minor);
      if (ahead > 0 || ahead < -mostBehind) report(place, 'skew', { version, control: control ?? '' });
      const oldest = allowed ?? oldestSupportedMinor;
      if (allowed !== undefined) {
        if (minor < allowed) report(place, 'tooOld', { version, oldest });
        continue;
      }
      const support = supportOf(minor, managed);
      if (support.status === 'ended') report(place, 'ended', { version, since: support.since, oldest });
      if (support.status === 'extended') report(place, 'extended', { version, since: support.since });
      if (support.status === 'ancient') report(place, 'ancient', { version, oldest });
    }
  },
});

/** Minor releases that a kubelet may be older than kube-apiserver. Source: Kubernetes version skew policy, since 1.28. */
const mostBehind = 3;

/** The version of the control plane of the cluster that a group of machines belongs to, when the target has both. */
function controlPlaneVersion({ root, namespace }: KubernetesObject, target: ObjectIndex): string | undefined {
  const name = root.at('spec', 'clusterName').string;
  if (name === undefined) return undefined;
  const [cluster] = target.find('Cluster.cluster.x-k8s.io', namespace, name);
  const reference = cluster?.root.at('spec', 'controlPlaneRef');
  const kind = `${reference?.at('kind').string}.controlplane.cluster.x-k8s.io`;
  const [control] = target.find(kind, namespace, reference?.at('name').string ?? '');
  return control && declaredVersions(control)[0]?.version;
}
