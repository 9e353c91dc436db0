import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/unsafe-sysctl',
  severity: 'medium',
  kinds: workloads,
  summary: 'Pod sets an unsafe sysctl',
  why: 'A sysctl outside the safe list can harm the other pods of the node or the node itself. The kubelet refuses such a pod unless its node allows the sysctl.',
  remedy: 'Remove the sysctl, or set it on the node.',
  controls: ['pss/baseline:sysctls'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: { unsafe: 'The pod sets {name}, which Pod Security v1.{minor} does not count as safe.' },
  check(context) {
    const { minor } = context.podSecurity;
    for (const { place } of violationsOf('sysctls', context))
      context.report(place, 'unsafe', { name: place.string ?? '', minor });
  },
});
