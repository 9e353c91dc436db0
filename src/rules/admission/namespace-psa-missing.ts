import { hasClusterDefault, hasPodPolicies } from '../../kubernetes/admission/coverage.ts';
import {
  declaredNamespace,
  isSystemNamespace,
  namespaceKinds,
  podSecurityLabels,
} from '../../kubernetes/admission/namespace.ts';
import { podsOfNamespace, seesAllPods } from '../../kubernetes/admission/workloads.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'admission/namespace-psa-missing',
  severity: 'medium',
  kinds: namespaceKinds,
  concerns: (object) => declaredNamespace(object) !== undefined,
  summary: 'Namespace enforces no Pod Security level',
  why: 'Without a level the API server lets in every pod, also a privileged one that takes over its node. Nothing else in Kubernetes keeps those out who may create pods.',
  remedy: 'Set the label pod-security.kubernetes.io/enforce to the strictest level that the workloads meet.',
  controls: ['cis/1.12:5.2.1', 'nsa:pod.enforcement', 'ms-m:M9017', 'owasp-k8s/2025:K04', 'kubescape:C-0192'],
  bundle: 'POLICY',
  recommended: true,
  since: '0.1.0',
  messages: {
    missing: 'Namespace {name} enforces no Pod Security level, though all its workloads meet {level}.',
    privileged: {
      text: 'Namespace {name} enforces no Pod Security level. {kind} {workload} in it needs the level privileged.',
      severity: 'low',
      recommended: false,
    },
    unseen: {
      text: 'Namespace {name} enforces no Pod Security level. Which one its pods meet cannot be told from the repository.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, kubernetesMinor, report }) {
    const namespace = declaredNamespace(manifest);
    const { environment, repository, complete } = inventory;
    if (namespace === undefined || !complete || isTestData(manifest.target)) return;
    const { name, labels } = namespace;
    if (isSystemNamespace(name) || environment.derived(labelledNamespaces).has(name)) return;
    if (repository.derived(hasClusterDefault) || environment.derived(hasPodPolicies)) return;
    const { level, privileged } = podsOfNamespace(name, environment, kubernetesMinor);
    const place = labels.at('pod-security.kubernetes.io/enforce');
    if (privileged !== undefined)
      report(place, 'privileged', { name, kind: privileged.kind, workload: privileged.name });
    else if (level === undefined || !seesAllPods(name, inventory)) report(place, 'unseen', { name });
    else report(place, 'missing', { name, level });
  },
});

/** Names of the namespaces that get a level from anywhere, or a label that is meant to be one. */
function labelledNamespaces(index: ObjectIndex): ReadonlySet<string> {
  const names = index.ofKind(...namespaceKinds).flatMap((object) => {
    const namespace = declaredNamespace(object);
    const isLabelled = podSecurityLabels(namespace?.labels ?? object.root.at()).some(({ mode }) =>
      mode.startsWith('enforce'),
    );
    return namespace !== undefined && isLabelled ? namespace.name : [];
  });
  return new Set(names);
}
