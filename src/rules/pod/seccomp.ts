import { appliesTo, violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/seccomp',
  severity: 'medium',
  kinds: workloads,
  summary: 'Container runs without a seccomp profile',
  why: 'A seccomp profile keeps a container from system calls that programs rarely need and attacks on the kernel often do. Without one, none is blocked, unless the kubelet has a default.',
  remedy: 'Set securityContext.seccompProfile.type to RuntimeDefault on the pod.',
  controls: ['cis/1.12:5.6.2', 'nsa:log.seccomp'],
  bundle: 'HARD',
  recommended: false,
  since: '0.1.0',
  messages: {
    unset: {
      text: 'No seccomp profile is set for {owner}.',
      controls: ['pss/restricted:seccompProfile_restricted'],
    },
    unconfined: {
      text: 'The seccomp profile for {owner} is neither RuntimeDefault nor Localhost.',
      controls: ['pss/baseline:seccompProfile_baseline', 'pss/restricted:seccompProfile_restricted'],
      severity: 'high',
      recommended: true,
    },
    baseline: {
      text: 'The seccomp profile for {owner} is neither RuntimeDefault nor Localhost.',
      controls: ['pss/baseline:seccompProfile_baseline'],
      severity: 'high',
      recommended: true,
    },
  },
  check(context) {
    const { pod, podSecurity, report } = context;
    if (pod === undefined) return;
    // The restricted check is the baseline check, and asks for a profile as well.
    if (appliesTo('seccompProfile_restricted', pod, podSecurity.minor))
      for (const { place, owner, about } of violationsOf('seccompProfile_restricted', context))
        report(place, place.key === 'seccompProfile' ? 'unset' : 'unconfined', { owner }, about);
    else
      for (const { place, owner, about } of violationsOf('seccompProfile_baseline', context))
        report(place, 'baseline', { owner }, about);
  },
});
