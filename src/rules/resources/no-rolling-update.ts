import { replicasOf } from '../../kubernetes/scaling.ts';
import { claimsOf, isForOneNode } from '../../kubernetes/volume-claim.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'resources/no-rolling-update',
  severity: 'medium',
  kinds: ['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps'],
  summary: 'Pods are not replaced one after the other',
  why: 'With Recreate all pods are stopped before the first new one starts, so every rollout is an outage. With OnDelete a change in Git reaches a pod only when somebody deletes it.',
  remedy: 'Set the type of the update strategy to RollingUpdate, which is also the default.',
  controls: ['nsa:log.fault-tolerance', 'kubescape:C-0305', 'kube-linter:no-rolling-update-strategy'],
  bundle: 'AVAIL',
  // Whoever writes one of these has as a rule a reason.
  recommended: false,
  since: '0.1.0',
  messages: {
    recreate: 'Every rollout of {name} stops all of its {replicas} pods at once.',
    onDelete: {
      text: 'Changes reach the pods of {name} only when they are deleted by hand.',
      severity: 'low',
    },
  },
  check({ manifest, pod, containers, inventory, report }) {
    const { kind, name, namespace, root } = manifest;
    const spec = root.at('spec');
    const type = spec.at(kind === 'Deployment' ? 'strategy' : 'updateStrategy', 'type');
    if (kind !== 'Deployment') {
      if (type.value === 'OnDelete') report(type, 'onDelete', { name });
      return;
    }
    if (type.value !== 'Recreate' || pod === undefined) return;
    const replicas = replicasOf(manifest, inventory.target)?.minimum ?? 0;
    // A single pod is down in any case, or may not run twice.
    if (replicas < 2) return;
    const isBoundToNode =
      pod.spec.at('hostNetwork').value === true ||
      containers.some(({ field }) =>
        field
          .at('ports')
          .items()
          .some((port) => port.at('hostPort').exists),
      );
    // New pods cannot start before the old ones free the port or the volume.
    if (isBoundToNode) return;
    if (
      claimsOf(pod, namespace, inventory).some(({ claim }) => claim === undefined || isForOneNode(claim.root))
    )
      return;
    report(type, 'recreate', { name, replicas });
  },
});
