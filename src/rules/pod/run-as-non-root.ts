import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import type { Container, Pod } from '../../kubernetes/workload.ts';
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
    // Pod Security asks for it all the same.
    user: {
      text: 'runAsNonRoot is not set to true for {owner}, whose runAsUser is another than 0.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { pod, containers, report } = context;
    for (const { place, owner, about } of violationsOf('runAsNonRoot', context)) {
      const running = about.container === undefined ? containers : [about.container];
      const message = running.every((container) => hasUser(container, pod)) ? 'user' : 'unset';
      report(place, place.value === false ? 'off' : message, { owner }, about);
    }
  },
});

/** Whether a container runs as a user other than root, whatever its image says. */
function hasUser({ field }: Container, pod: Pod | undefined): boolean {
  const own = field.valueAt('securityContext', 'runAsUser');
  const user = own ?? pod?.spec.valueAt('securityContext', 'runAsUser');
  return typeof user === 'number' && user > 0;
}
