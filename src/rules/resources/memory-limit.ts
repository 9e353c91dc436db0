import { isTestPath } from '../../discover/test-path.ts';
import { hasDefault, hasPodLevel, valueAt } from '../../kubernetes/compute-resources.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'resources/memory-limit',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container has no memory limit',
  why: 'Without a limit a leak or a flood of requests takes the memory of the whole node, and the kernel kills whatever it finds there.',
  remedy: 'Set resources.limits.memory, as a rule to the same value as resources.requests.memory.',
  controls: [
    'nsa:net.resource-policies',
    'nist-800-53/r5:CM-6',
    'nist-800-53/r5:SC-6',
    'soc2:CC6.8',
    'soc2:CC8.1',
    'mitre:T1496.001',
    'ms-ta:TA9039',
    'ms-ta:TA9040',
    'kubescape:C-0271',
    'trivy:KSV-0018',
  ],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    missing: 'Container {container} has no memory limit.',
    // By custom a chart leaves amounts to its users.
    left: {
      text: 'Container {container} has no memory limit with the default values of the chart.',
      severity: 'low',
      recommended: false,
    },
    zero: 'Container {container} has a memory limit of 0, which is no limit.',
  },
  check({ manifest, pod, containers, inventory, kubernetesMinor, report }) {
    if (pod === undefined || hasPodLevel(pod, 'limits', 'memory', kubernetesMinor)) return;
    if (hasDefault(manifest, inventory, 'limits', 'memory')) return;
    for (const container of containers) {
      // Ephemeral containers may not have resources.
      if (container.type === 'ephemeral') continue;
      const place = valueAt(container.field, 'limits', 'memory');
      const data = { container: container.name };
      if (!place.exists) report(place, isPublished(manifest) ? 'left' : 'missing', data, { container });
      else if (parseQuantity(place.value) === 0n) report(place, 'zero', data, { container });
    }
  },
});

/** Whether a chart is rendered as it is published, or tested, and not as it is installed. */
function isPublished({ target }: Manifest): boolean {
  return target.kind === 'chart' && target.values.every(({ file }) => isTestPath(file ?? ''));
}
