import { capabilityName, dangerousCapabilities } from '../../kubernetes/pod-security.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/capabilities-dangerous',
  severity: 'critical',
  kinds: workloads,
  summary: 'Container adds a dangerous capability',
  why: 'These capabilities let a container mount file systems, load kernel modules, trace other processes or reconfigure networks: known first steps out of it.',
  remedy: 'Remove the capability, or move the work that needs it to a component of the node.',
  controls: ['pss/baseline:capabilities_baseline', 'mitre:T1611'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { dangerous: 'Container {container} adds the dangerous capability {capability}.' },
  check({ containers, report }) {
    for (const container of containers)
      for (const item of container.field.at('securityContext', 'capabilities', 'add').items()) {
        const capability = item.string;
        if (capability !== undefined && dangerousCapabilities.has(capabilityName(capability)))
          report(item, 'dangerous', { container: container.name, capability }, { container });
      }
  },
});
