import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-ipc',
  severity: 'high',
  kinds: workloads,
  summary: 'Pod shares the IPC namespace of its node',
  why: 'The containers can read and change the shared memory and message queues of the processes on the node.',
  remedy: 'Remove hostIPC. Containers of the same pod share an IPC namespace without it.',
  controls: ['pss/baseline:hostNamespaces', 'cis/1.12:5.2.4'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostIPC: 'The pod shares the IPC namespace of its node.' },
  check(context) {
    for (const { place } of violationsOf('hostNamespaces', context))
      if (place.key === 'hostIPC') context.report(place, 'hostIPC');
  },
});
