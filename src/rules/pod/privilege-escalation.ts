import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/privilege-escalation',
  severity: 'high',
  kinds: workloads,
  summary: 'Container may gain privileges',
  why: 'Unless allowPrivilegeEscalation is false, a process can gain more rights than its parent, for example through a setuid program in the image.',
  remedy: 'Set securityContext.allowPrivilegeEscalation to false on the container.',
  controls: [
    'pss/restricted:allowPrivilegeEscalation',
    'cis/1.12:5.2.6',
    'nsa:pod.enforcement',
    'mitre:T1068',
  ],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: { allowed: 'Container {container} does not set allowPrivilegeEscalation to false.' },
  check(context) {
    for (const { place, name, about } of violationsOf('allowPrivilegeEscalation', context))
      context.report(place, 'allowed', { container: name }, about);
  },
});
