import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/run-as-non-root',
  severity: 'high',
  kinds: workloads,
  summary: 'Container may run as root',
  why: 'Without runAsNonRoot the image decides, and most images run as root. A process that breaks out of its container as root is root on the node.',
  remedy: 'Set securityContext.runAsNonRoot to true on the pod, and remove runAsNonRoot: false.',
  controls: ['pss/restricted:runAsNonRoot', 'cis/1.12:5.2.7', 'nsa:pod.nonroot'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: {
    off: 'runAsNonRoot is false for {owner}.',
    unset: 'runAsNonRoot is not set to true for {owner}.',
  },
  check(context) {
    for (const { place, owner, about } of violationsOf('runAsNonRoot', context))
      context.report(place, place.value === false ? 'off' : 'unset', { owner }, about);
  },
});
