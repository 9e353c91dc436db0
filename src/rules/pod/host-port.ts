import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-port',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container takes a port of its node',
  why: 'The port is open to everything that reaches the node, and only one pod with that port fits on each node.',
  remedy: 'Remove hostPort, and make the pod reachable through a Service.',
  controls: ['pss/baseline:hostPorts', 'cis/1.12:5.2.12'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostPort: 'Container {container} takes port {port} of its node.' },
  check(context) {
    for (const { place, name, about } of violationsOf('hostPorts', context))
      context.report(place, 'hostPort', { container: name, port: Number(place.value) }, about);
  },
});
