import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-network',
  severity: 'high',
  kinds: workloads,
  summary: 'Pod shares the network of its node',
  why: 'The containers reach services that listen on the loopback address of the node, can watch its traffic, and most network plug-ins apply no NetworkPolicy to them.',
  remedy: 'Remove hostNetwork, and make the pod reachable through a Service.',
  controls: ['pss/baseline:hostNamespaces', 'cis/1.12:5.2.5', 'mitre:T1046'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostNetwork: 'The pod shares the network of its node.' },
  check(context) {
    for (const { place } of violationsOf('hostNamespaces', context))
      if (place.key === 'hostNetwork') context.report(place, 'hostNetwork');
  },
});
