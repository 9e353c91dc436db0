import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/privileged',
  severity: 'critical',
  kinds: workloads,
  summary: 'Container runs privileged',
  why: 'A privileged container has every capability and every device of its node. Whoever controls the container controls the node.',
  remedy:
    'Remove securityContext.privileged, and grant only the capability or device that the container needs.',
  controls: [
    'pss/baseline:privileged',
    'cis/1.12:5.2.2',
    'nsa:pod.hardening',
    'nist-800-190:4.4.3',
    'mitre:T1610',
    'mitre:T1611',
    'ms-ta:TA9018',
    'owasp-k8s/2025:K01',
  ],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { privileged: 'Container {container} runs privileged.' },
  check(context) {
    for (const { place, name, about } of violationsOf('privileged', context))
      context.report(place, 'privileged', { container: name }, about);
  },
});
