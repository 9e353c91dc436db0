import { hostPathVolumes, isSensitive } from '../../kubernetes/host-path.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/host-path-sensitive',
  severity: 'critical',
  kinds: workloads,
  summary: 'Volume gives the pod a sensitive or writable path of the node',
  why: 'With system directories of the node, or with the right to write to it, a pod can take over the node and the other pods on it.',
  remedy:
    'Mount only the directory that is needed, with readOnly: true and without mount propagation to the node.',
  controls: ['pss/baseline:hostPathVolumes', 'cis/1.12:5.2.11', 'ms-ta:TA9013', 'mitre:T1611'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: {
    sensitive: 'Volume {volume} mounts the sensitive path {path} of the node.',
    writable: {
      text: 'Container {container} can write to volume {volume}, a path of the node.',
      severity: 'high',
    },
    bidirectional: 'Container {container} can mount file systems on the node through volume {volume}.',
  },
  check({ pod, containers, report }) {
    if (pod === undefined) return;
    for (const { name: volume, field, path } of hostPathVolumes(pod)) {
      const isReported = path !== undefined && isSensitive(path);
      if (isReported) report(field, 'sensitive', { volume, path });
      for (const container of containers)
        for (const mount of container.field.at('volumeMounts').items()) {
          if (mount.valueAt('name') !== volume) continue;
          const data = { volume, container: container.name };
          const readOnly = mount.at('readOnly');
          if (!isReported && readOnly.value !== true) report(readOnly, 'writable', data, { container });
          const propagation = mount.at('mountPropagation');
          if (propagation.value === 'Bidirectional')
            report(propagation, 'bidirectional', data, { container });
        }
    }
  },
});
