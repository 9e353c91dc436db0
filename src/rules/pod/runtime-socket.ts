import { hasRuntimeSocket, hostPathVolumes, isRuntimeSocket } from '../../kubernetes/host-path.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/runtime-socket',
  severity: 'critical',
  kinds: workloads,
  summary: 'Volume is the socket of the container runtime',
  why: 'Whoever can talk to the container runtime can start a privileged container on the node. Mounting the socket read-only does not prevent that.',
  remedy:
    'Remove the volume. Build images without the daemon, for example with rootless BuildKit, and read metrics from the kubelet.',
  controls: ['pss/baseline:hostPathVolumes', 'mitre:T1609', 'mitre:T1611'],
  bundle: 'HOST',
  recommended: true,
  since: '0.1.0',
  messages: {
    socket: 'Volume {volume} is the container runtime socket {path} of the node.',
    directory: 'Volume {volume} is {path} of the node, where the container runtime has its socket.',
  },
  check({ pod, report }) {
    if (pod === undefined) return;
    for (const { name: volume, field, path } of hostPathVolumes(pod)) {
      if (path === undefined) continue;
      if (isRuntimeSocket(path)) report(field, 'socket', { volume, path });
      else if (hasRuntimeSocket(path)) report(field, 'directory', { volume, path });
    }
  },
});
