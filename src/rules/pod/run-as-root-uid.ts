import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/run-as-root-uid',
  severity: 'high',
  kinds: workloads,
  summary: 'Container runs as user 0',
  why: 'User 0 is root. A process that breaks out of its container as root is root on the node.',
  remedy: 'Remove runAsUser, or set it to the user that the image is made for.',
  controls: ['pss/restricted:runAsUser', 'cis/1.12:5.2.7'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: { root: 'runAsUser is 0, which is root, for {owner}.' },
  check(context) {
    for (const { place, owner, about } of violationsOf('runAsUser', context))
      context.report(place, 'root', { owner }, about);
  },
});
