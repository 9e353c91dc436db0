import { appliesTo, capabilityName } from '../../kubernetes/pod-security.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/capabilities-not-dropped',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container keeps the default capabilities',
  why: 'A container gets up to 14 kernel capabilities that most programs never use, such as NET_RAW, which lets it forge packets.',
  remedy: 'Set securityContext.capabilities.drop to ["ALL"], and add back the few that the program needs.',
  controls: ['pss/restricted:capabilities_restricted', 'cis/1.12:5.2.9'],
  bundle: 'HARD',
  recommended: false,
  since: '0.1.0',
  messages: {
    kept: 'Container {container} does not drop ALL capabilities.',
    netRaw: {
      text: 'Container {container} drops neither ALL capabilities nor NET_RAW.',
      controls: ['cis/1.12:5.2.8', 'mitre:T1557', 'ms-ta:TA9036'],
    },
  },
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined || !appliesTo('capabilities_restricted', pod, podSecurity.minor)) return;
    for (const container of containers) {
      const drop = container.field.at('securityContext', 'capabilities', 'drop');
      const dropped = drop.items().flatMap(({ string }) => string ?? []);
      if (dropped.includes('ALL')) continue;
      const netRaw = !dropped.map(capabilityName).some((name) => name === 'ALL' || name === 'NET_RAW');
      report(drop, netRaw ? 'netRaw' : 'kept', { container: container.name }, { container });
    }
  },
});
