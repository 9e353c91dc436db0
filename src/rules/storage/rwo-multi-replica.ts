import { type Field, isObject } from '../../kubernetes/field.ts';
import { replicasOf } from '../../kubernetes/scaling.ts';
import { claimsOf, isForOneNode } from '../../kubernetes/volume-claim.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'storage/rwo-multi-replica',
  severity: 'high',
  kinds: ['Deployment.apps', 'ReplicaSet.apps', 'Rollout.argoproj.io'],
  summary: 'Several pods share a volume that only one node can mount',
  why: 'All pods of a Deployment mount the same claim. When that is ReadWriteOnce, pods on a second node wait for the volume forever, and those on one node write over each other.',
  remedy:
    'Run one pod, use a claim that is ReadWriteMany, or make it a StatefulSet, which has a claim for each pod.',
  controls: ['nist-800-53/r5:CP-10'],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    shared:
      '{kind} {name} may run {replicas} pods, and all mount the claim {claim}, which only one {unit} can.',
  },
  check({ manifest, pod, inventory, report }) {
    if (pod === undefined || !hasClaim(pod.spec) || isOnOneNode(pod.spec)) return;
    const { kind, name, namespace, root } = manifest;
    const counts = replicasOf(manifest, inventory.target);
    const replicas = counts?.maximum ?? counts?.minimum ?? 0;
    if (replicas < 2) return;
    for (const { name: claimName, claim, place } of claimsOf(pod, namespace, inventory)) {
      if (claim === undefined || !isForOneNode(claim.root)) continue;
      const modes = claim.root.at('spec', 'accessModes');
      const unit = modes.items().some(({ value }) => value === 'ReadWriteOncePod') ? 'pod' : 'node';
      const own = root.at('spec', 'replicas');
      report(
        own.exists ? own : place,
        'shared',
        { kind, name, replicas, claim: claimName, unit },
        { related: [{ manifest: claim, place: modes, message: 'The claim.' }] },
      );
      return;
    }
  },
});

/** Whether a pod has a volume that is a claim; most have none. */
function hasClaim(spec: Field): boolean {
  const volumes = spec.valueAt('volumes');
  return (
    Array.isArray(volumes) && volumes.some((each) => isObject(each) && isObject(each.persistentVolumeClaim))
  );
}

/** Whether all pods are held on one node, or near each other. */
function isOnOneNode(spec: Field): boolean {
  return (
    spec.at('nodeName').exists ||
    spec.at('nodeSelector', 'kubernetes.io/hostname').exists ||
    spec.at('affinity', 'podAffinity').exists
  );
}
