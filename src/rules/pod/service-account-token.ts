import { type Field, isObject } from '../../kubernetes/field.ts';
import { rbacOf } from '../../kubernetes/rbac.ts';
import { accountOfPod, findAccount, mountsToken } from '../../kubernetes/service-account.ts';
import type { Container, Pod } from '../../kubernetes/workload.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/service-account-token',
  severity: 'medium',
  kinds: workloads,
  summary: 'Pod has a token for the API server that it does not seem to need',
  why: 'The token lies in every container and lets whoever gets in talk to the API server as the ServiceAccount, now and with every right that it is given later.',
  remedy: 'Set automountServiceAccountToken to false in the pod, or in the ServiceAccount.',
  controls: [
    'cis/1.12:5.1.6',
    'nsa:pod.sa-token',
    'mitre:T1528',
    'ms-ta:TA9016',
    'ms-m:M9025',
    'kubescape:C-0034',
    'kubescape:C-0190',
    'trivy:KSV-0036',
    'checkov:CKV_K8S_38',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    mounted:
      '{kind} {name} mounts the token of ServiceAccount {account}, to which no binding in the repository gives a right.',
  },
  check({ manifest, pod, containers, inventory, report }) {
    // No account mounts what the pod itself declines.
    if (pod === undefined || !mountsToken(pod, undefined)) return;
    const { kind, name, namespace } = manifest;
    const account = accountOfPod(pod, namespace);
    const object = findAccount(account, inventory);
    // Who makes an account elsewhere may bind it there as well.
    if (object === undefined && account.name !== 'default') return;
    if (!mountsToken(pod, object) || isApiClient(pod, containers)) return;
    if (inventory.repository.derived(rbacOf).membershipsOf(account).length > 0) return;
    report(pod.spec.at('automountServiceAccountToken'), 'mounted', { kind, name, account: account.name });
  },
});

/** Names of programs that talk to the API server. */
const client =
  /operator|controller|manager|kube|k8s|helm|argo|flux|vault|consul|istio|linkerd|envoy-gateway|cilium|calico|prometheus|promtail|grafana-agent|alloy|fluent|filebeat|otel|datadog|traefik|ingress|keda|velero|rancher|reloader|external-|sealed-|cert-/i;

/** Whether images, commands, variables or annotations tell that the pod uses its token. */
function isApiClient(pod: Pod, containers: readonly Container[]): boolean {
  const annotations = pod.metadata.valueAt('annotations');
  const injected = isObject(annotations) && Object.keys(annotations).some((key) => /vault|consul/.test(key));
  return injected || containers.some(({ field }) => speaksOfClient(field) || hasClientVariable(field));
}

function speaksOfClient(container: Field): boolean {
  return ['image', 'command', 'args'].some((name) => {
    const value = container.valueAt(name);
    return value !== undefined && client.test(typeof value === 'string' ? value : JSON.stringify(value));
  });
}

function hasClientVariable(container: Field): boolean {
  const variables = container.valueAt('env');
  return Array.isArray(variables) && variables.some((one) => isObject(one) && isClientVariable(one.name));
}

function isClientVariable(name: unknown): boolean {
  return typeof name === 'string' && /KUBE|POD_NAMESPACE/.test(name);
}
