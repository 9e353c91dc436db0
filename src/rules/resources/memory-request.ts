import { hasDefault, hasPodLevel, valueAt } from '../../kubernetes/compute-resources.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'resources/memory-request',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container requests no memory',
  why: 'The scheduler places pods by what they request. Pods that request nothing are put on nodes that have no memory left for them, and are the first to be evicted when it runs out.',
  remedy: 'Set resources.requests.memory to what the container needs in normal operation.',
  controls: [
    'nist-800-53/r5:SC-6',
    'kubescape:C-0269',
    'trivy:KSV-0016',
    'checkov:CKV_K8S_12',
    'polaris:memoryRequestsMissing',
  ],
  bundle: 'AVAIL',
  // Every container without a request is also without a limit, which `resources/memory-limit` tells.
  recommended: false,
  since: '0.1.0',
  messages: {
    missing: 'Container {container} requests no memory.',
    zero: 'Container {container} requests 0 bytes of memory.',
  },
  check({ manifest, pod, containers, inventory, kubernetesMinor, report }) {
    if (pod === undefined || isPodLevel('requests') || isPodLevel('limits')) return;
    if (hasDefault(manifest, inventory, 'requests', 'memory')) return;
    for (const container of containers) {
      // Ephemeral containers may not have resources.
      if (container.type === 'ephemeral') continue;
      const place = valueAt(container.field, 'requests', 'memory');
      const data = { container: container.name };
      if (!place.exists) report(place, 'missing', data, { container });
      else if (parseQuantity(place.value) === 0n) report(place, 'zero', data, { container });
    }

    function isPodLevel(what: 'limits' | 'requests') {
      return pod !== undefined && hasPodLevel(pod, what, 'memory', kubernetesMinor);
    }
  },
});
