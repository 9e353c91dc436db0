import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/windows-host-process',
  severity: 'high',
  kinds: workloads,
  summary: 'Windows container runs as a process of its node',
  why: 'A HostProcess container has no isolation: it runs with the network, the files and an account of the Windows node.',
  remedy: 'Remove windowsOptions.hostProcess.',
  controls: ['pss/baseline:windowsHostProcess', 'cis/1.12:5.2.10'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostProcess: 'hostProcess is on for {owner}.' },
  check(context) {
    for (const { place, owner, about } of violationsOf('windowsHostProcess', context))
      context.report(place, 'hostProcess', { owner }, about);
  },
});
