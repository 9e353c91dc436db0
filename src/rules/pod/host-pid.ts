import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-pid',
  severity: 'high',
  kinds: workloads,
  summary: 'Pod shares the process IDs of its node',
  why: 'The containers see every process of the node. As root they can read what it has in its environment, and stop it.',
  remedy:
    'Remove hostPID. To let the containers of one pod see each other, set shareProcessNamespace instead.',
  controls: ['pss/baseline:hostNamespaces', 'cis/1.12:5.2.3', 'mitre:T1611'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostPID: 'The pod shares the process IDs of its node.' },
  check(context) {
    for (const { place } of violationsOf('hostNamespaces', context))
      if (place.key === 'hostPID') context.report(place, 'hostPID');
  },
});
