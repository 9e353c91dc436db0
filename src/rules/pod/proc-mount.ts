import { appliesTo } from '../../kubernetes/pod-security.ts';
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
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined) return;
    const baseline = appliesTo('procMount', pod, podSecurity.minor);
    const restricted = appliesTo('procMount_restricted', pod, podSecurity.minor);
    const message = !baseline ? 'restricted' : restricted ? 'unmasked' : 'baseline';
    for (const container of containers) {
      const procMount = container.field.at('securityContext', 'procMount');
      if (procMount.exists && procMount.value !== 'Default')
        report(procMount, message, { container: container.name }, { container });
    }
  },
});
