import {
  badLabels,
  declaredNamespace,
  isSystemNamespace,
  namespaceKinds,
  podSecurityLabels,
} from '../../kubernetes/admission/namespace.ts';
import { podsOfNamespace, seesAllPods } from '../../kubernetes/admission/workloads.ts';
import { oldestSupportedMinor } from '../../kubernetes/control-plane/releases.ts';
import { podSecurityFor } from '../../kubernetes/pod-security.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

const faults = { level: 'badLevel', version: 'badVersion', key: 'unknownLabel' } as const;

export default defineRule({
  id: 'admission/namespace-psa-weak',
  severity: 'high',
  kinds: namespaceKinds,
  concerns: (object) => podSecurityLabels(declaredNamespace(object)?.labels ?? object.root.at()).length > 0,
  summary: 'Pod Security level of the namespace is weak or not valid',
  why: 'A level below what the workloads meet lets in pods that nobody needs. A label that is not valid protects nothing: the API server refuses the namespace, or ignores the label.',
  remedy:
    'Set pod-security.kubernetes.io/enforce to the strictest level that the workloads meet, and enforce-version to latest or to the version of the cluster.',
  controls: [
    'cis/1.12:5.2.1',
    'cis/1.12:5.2.2',
    'cis/1.12:5.2.3',
    'cis/1.12:5.2.4',
    'cis/1.12:5.2.5',
    'cis/1.12:5.2.6',
    'cis/1.12:5.2.7',
    'cis/1.12:5.2.8',
    'cis/1.12:5.2.9',
    'cis/1.12:5.2.10',
    'cis/1.12:5.2.11',
    'cis/1.12:5.2.12',
  ],
  bundle: 'POLICY',
  recommended: true,
  since: '0.1.0',
  options: {
    privilegedNamespaces: {
      description: 'Names of namespaces that may enforce the level privileged.',
      schema: { type: 'array', items: { type: 'string' } },
      default: ['kube-system'] as readonly string[],
    },
  },
  messages: {
    badLevel:
      'Label {key} is "{value}", which is no Pod Security level, so the API server refuses the namespace {name}.',
    badVersion:
      'Label {key} is "{value}", which is neither latest nor a version such as v1.36, so the API server refuses the namespace {name}.',
    unknownLabel: 'Label {key} of namespace {name} means nothing to Pod Security, which ignores it.',
    privileged: {
      text: 'Namespace {name} enforces the level privileged, which admits every pod, though all its workloads meet {level}.',
      severity: 'medium',
    },
    weaker: {
      text: 'Namespace {name} enforces the level baseline, though all its workloads meet restricted.',
      severity: 'low',
      recommended: false,
    },
    outdated: {
      text: 'Namespace {name} enforces the rules of Kubernetes v1.{minor}, which is not supported any more, and none that came later.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, kubernetesMinor, options, report }) {
    const namespace = declaredNamespace(manifest);
    if (namespace === undefined) return;
    const { name, labels } = namespace;
    const bad = badLabels(labels);
    for (const { label, fault } of bad)
      report(label, faults[fault], { name, key: String(label.key), value: label.string ?? '' });
    const { minor, enforced } = podSecurityFor(labels, kubernetesMinor);
    if (bad.length > 0 || enforced === undefined) return;
    const version = labels.at('pod-security.kubernetes.io/enforce-version');
    if (enforced !== 'privileged' && minor < Math.min(oldestSupportedMinor, kubernetesMinor))
      report(version, 'outdated', { name, minor });
    if (enforced === 'restricted' || isTestData(manifest.target)) return;
    const { level } = podsOfNamespace(name, inventory.environment, minor);
    if (level === undefined || level === enforced || !seesAllPods(name, inventory)) return;
    const place = labels.at('pod-security.kubernetes.io/enforce');
    if (enforced === 'baseline' && level === 'restricted') report(place, 'weaker', { name });
    const mayBePrivileged = isSystemNamespace(name) || options.privilegedNamespaces.includes(name);
    if (enforced === 'privileged' && level !== 'privileged' && !mayBePrivileged)
      report(place, 'privileged', { name, level });
  },
});
