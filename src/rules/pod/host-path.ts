import { hostPathVolumes } from '../../kubernetes/host-path.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-path',
  severity: 'high',
  kinds: workloads,
  summary: 'Volume is a path of the node',
  why: 'A hostPath volume gives the pod files that belong to the node and outlive the pod. It is a common way to read its credentials or to leave something behind on it.',
  remedy: 'Use a volume that belongs to the pod: emptyDir, configMap, secret, or a persistentVolumeClaim.',
  controls: [
    'pss/baseline:hostPathVolumes',
    'pss/restricted:restrictedVolumes',
    'cis/1.12:5.2.11',
    'ms-ta:TA9013',
  ],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: { hostPath: 'Volume {volume} mounts {path} of the node.' },
  check({ pod, report }) {
    if (pod === undefined) return;
    for (const { name, field, path } of hostPathVolumes(pod))
      report(field, 'hostPath', { volume: name, path: path ?? 'a path' });
  },
});
