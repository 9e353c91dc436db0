import {
  isAllowedSELinuxType,
  isConfiningProfile,
  securityContextsOf,
} from '../../kubernetes/pod-security.ts';
import { defineRule, workloads } from '../rule.ts';

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

export default defineRule({
  id: 'pod/lsm-weakened',
  severity: 'high',
  kinds: workloads,
  summary: 'AppArmor or SELinux is weakened',
  why: 'AppArmor and SELinux confine what even root in a container can do to the node. An unconfined profile, or a user, role or type of its own, takes that away.',
  remedy:
    'Remove the setting, so that the default of the container runtime holds, or name a Localhost AppArmor profile.',
  controls: [],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: {
    appArmor: {
      text: 'The AppArmor profile for {owner} is neither RuntimeDefault nor Localhost.',
      controls: ['pss/baseline:appArmorProfile'],
    },
    annotation: {
      text: 'The AppArmor profile for container {container} is neither runtime/default nor a localhost profile.',
      controls: ['pss/baseline:appArmorProfile'],
    },
    seLinux: {
      text: 'The SELinux {option} for {owner} is {value}, which Pod Security does not allow.',
      controls: ['pss/baseline:seLinuxOptions'],
    },
  },
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined) return;
    for (const { field, owner, about } of securityContextsOf(pod, containers)) {
      const appArmor = field.at('appArmorProfile');
      if (appArmor.exists && !isConfiningProfile(appArmor.at('type')))
        report(appArmor.at('type'), 'appArmor', { owner }, about);
      for (const option of ['type', 'user', 'role']) {
        const place = field.at('seLinuxOptions', option);
        const value = place.string ?? '';
        const allowed = option === 'type' ? isAllowedSELinuxType(value, podSecurity.minor) : value === '';
        if (!allowed) report(place, 'seLinux', { owner, option, value }, about);
      }
    }
    for (const annotation of pod.metadata.at('annotations').properties()) {
      const key = String(annotation.key);
      if (
        key.startsWith(appArmorAnnotation) &&
        !/^($|runtime\/default$|localhost\/)/.test(annotation.string ?? '')
      )
        report(annotation, 'annotation', { container: key.slice(appArmorAnnotation.length) });
    }
  },
});
