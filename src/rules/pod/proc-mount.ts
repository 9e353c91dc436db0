import { appliesTo, violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

const text = 'Container {container} sets procMount to something other than Default.';

export default defineRule({
  id: 'pod/proc-mount',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container sees /proc unmasked',
  why: 'Container runtimes hide the parts of /proc that give away or change the state of the node. Another procMount shows them.',
  remedy: 'Remove securityContext.procMount.',
  controls: [],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: {
    unmasked: { text, controls: ['pss/baseline:procMount', 'pss/restricted:procMount_restricted'] },
    baseline: { text, controls: ['pss/baseline:procMount'] },
    restricted: { text, controls: ['pss/restricted:procMount_restricted'], recommended: false },
  },
  check(context) {
    const { pod, podSecurity, report } = context;
    if (pod === undefined) return;
    const restricted = appliesTo('procMount_restricted', pod, podSecurity.minor);
    // Both checks look for the same, but not in the same pods.
    if (appliesTo('procMount', pod, podSecurity.minor))
      for (const { place, name, about } of violationsOf('procMount', context))
        report(place, restricted ? 'unmasked' : 'baseline', { container: name }, about);
    else
      for (const { place, name, about } of violationsOf('procMount_restricted', context))
        report(place, 'restricted', { container: name }, about);
  },
});
