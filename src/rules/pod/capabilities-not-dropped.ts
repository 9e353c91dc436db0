import { capabilityName } from '../../kubernetes/pod-security.ts';
import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
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
  check(context) {
    for (const { place, name, about } of violationsOf('capabilities_restricted', context)) {
      if (place.key !== 'drop') continue;
      const dropped = place.items().flatMap(({ string = '' }) => capabilityName(string));
      const netRaw = !dropped.some((capability) => capability === 'ALL' || capability === 'NET_RAW');
      context.report(place, netRaw ? 'netRaw' : 'kept', { container: name }, about);
    }
  },
});
