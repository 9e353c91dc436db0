import type { Field } from '../../kubernetes/field.ts';
import {
  appliesTo,
  isConfiningProfile,
  ownersWithout,
  securityContextsOf,
} from '../../kubernetes/pod-security.ts';
import type { Pod } from '../../kubernetes/workload.ts';
import { defineRule, workloads } from '../rule.ts';

const isSet = (field: Field) => field.exists;

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
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined) return;
    // Before 1.19 profiles were annotations, and PSS of that time knows nothing else.
    if (podSecurity.minor < 19) {
      const names = containers.map(({ name }) => name);
      for (const annotation of unconfinedAnnotations(pod, names))
        report(annotation, 'baseline', { owner: 'the pod' });
      return;
    }
    const restricted = appliesTo('seccompProfile_restricted', pod, podSecurity.minor);
    for (const { field, owner, about } of securityContextsOf(pod, containers)) {
      const profile = field.at('seccompProfile');
      if (profile.exists && !isConfiningProfile(profile.at('type')))
        report(profile.at('type'), restricted ? 'unconfined' : 'baseline', { owner }, about);
    }
    if (!restricted) return;
    for (const { field, owner, about } of ownersWithout('seccompProfile', isSet, pod, containers))
      report(field.at('seccompProfile'), 'unset', { owner }, about);
  },
});

function unconfinedAnnotations(pod: Pod, containers: readonly string[]): Field[] {
  const keys = [
    'seccomp.security.alpha.kubernetes.io/pod',
    ...containers.map((name) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ];
  return keys
    .map((key) => pod.metadata.at('annotations', key))
    .filter(
      ({ string }) => string !== undefined && !/^((runtime|docker)\/default$|localhost\/)/.test(string),
    );
}
