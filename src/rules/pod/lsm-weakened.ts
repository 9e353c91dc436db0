import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

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
  check(context) {
    for (const { place, owner, name, about } of violationsOf('appArmorProfile', context))
      if (place.parent?.key === 'annotations') context.report(place, 'annotation', { container: name });
      else context.report(place, 'appArmor', { owner }, about);
    for (const { place, owner, about } of violationsOf('seLinuxOptions', context)) {
      const data = { owner, option: String(place.key), value: place.string ?? '' };
      context.report(place, 'seLinux', data, about);
    }
  },
});
