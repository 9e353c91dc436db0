import type { Field } from '../../kubernetes/field.ts';
import { appliesTo, ownersWithout, securityContextsOf } from '../../kubernetes/pod-security.ts';
import { defineRule, workloads } from '../rule.ts';

const isSet = (field: Field) => typeof field.value === 'boolean';

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
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined || !appliesTo('runAsNonRoot', pod, podSecurity.minor)) return;
    for (const { field, owner, about } of securityContextsOf(pod, containers)) {
      const runAsNonRoot = field.at('runAsNonRoot');
      if (runAsNonRoot.value === false) report(runAsNonRoot, 'off', { owner }, about);
    }
    for (const { field, owner, about } of ownersWithout('runAsNonRoot', isSet, pod, containers))
      report(field.at('runAsNonRoot'), 'unset', { owner }, about);
  },
});
