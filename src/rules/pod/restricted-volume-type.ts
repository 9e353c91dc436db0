import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/restricted-volume-type',
  severity: 'medium',
  kinds: workloads,
  summary: 'Volume type is outside the restricted list',
  why: 'A volume source that is written into the pod lets whoever creates the pod choose the storage, past the administrator who defines PersistentVolumes.',
  remedy: 'Use a persistentVolumeClaim, or a csi or ephemeral volume.',
  controls: ['pss/restricted:restrictedVolumes'],
  bundle: 'HARD',
  recommended: false,
  since: '0.1.0',
  messages: {
    source:
      'Volume {volume} is of the type {source}, which the Pod Security level restricted does not allow.',
  },
  // hostPath is outside the list as well; pod/host-path reports it.
  check(context) {
    for (const { place } of violationsOf('restrictedVolumes', context))
      if (place.key !== 'hostPath') {
        const volume = place.parent?.at('name').string ?? '';
        context.report(place, 'source', { volume, source: String(place.key) });
      }
  },
});
