import { isTestPath } from '../../discover/test-path.ts';
import { helmReleaseKind, kustomizationKind, patching } from '../../kubernetes/flux.ts';
import { type Context, defineRule } from '../rule.ts';

type MessageId = 'prune' | 'force' | 'drift' | 'forceUpgrade';

export default defineRule({
  id: 'gitops/flux-drift-or-prune-off',
  severity: 'medium',
  kinds: [kustomizationKind, helmReleaseKind],
  summary: 'Flux does not keep the cluster as Git says',
  why: 'What is removed from Git keeps running, what somebody changes in the cluster of a Helm release stays, and with force objects are deleted and made anew when they cannot be changed.',
  remedy:
    'Set prune: true in Kustomizations and driftDetection.mode: enabled in HelmReleases, and use force only for the one object that needs it (annotation kustomize.toolkit.fluxcd.io/force).',
  controls: ['nist-800-53/r5:CM-2', 'nist-800-53/r5:CM-6(1)', 'nist-800-53/r5:SI-7'],
  bundle: 'CHG',
  // prune: false is a safeguard where data hangs on it, and drift detection is off by default.
  recommended: false,
  since: '0.1.0',
  messages: {
    prune: 'Flux leaves what is removed from Git in the cluster, as {name} has no prune: true.',
    force: 'Flux deletes objects of {name} and makes them anew when they cannot be changed.',
    drift: {
      text: 'Changes that are made in the cluster to HelmRelease {name} stay, as its drift detection is {mode}.',
      severity: 'low',
    },
    forceUpgrade:
      'Helm deletes objects of HelmRelease {name} and makes them anew when they cannot be changed.',
  },
  check(context) {
    if (isTestPath(context.manifest.file)) return;
    if (context.manifest.kind === 'Kustomization') checkKustomization(context);
    else checkHelmRelease(context);
  },
});

const patchesPrune = patching('Kustomization', 'spec', 'prune');
const patchesDrift = patching('HelmRelease', 'spec', 'driftDetection');

function checkKustomization({ manifest, inventory, report }: Context<MessageId>): void {
  const { name, root } = manifest;
  const prune = root.at('spec', 'prune');
  const isOff = prune.value === false || !prune.exists;
  if (isOff && !inventory.repository.derived(patchesPrune)) report(prune, 'prune', { name });
  const force = root.at('spec', 'force');
  if (force.value === true) report(force, 'force', { name });
}

function checkHelmRelease({ manifest, inventory, report }: Context<MessageId>): void {
  const { name, root, version } = manifest;
  const mode = root.at('spec', 'driftDetection', 'mode');
  // v2beta1 has no such field.
  const isOff = version !== 'v2beta1' && mode.value !== 'enabled';
  if (isOff && (mode.exists || !inventory.repository.derived(patchesDrift)))
    report(mode, 'drift', { name, mode: mode.string ?? 'off' });
  const force = root.at('spec', 'upgrade', 'force');
  if (force.value === true) report(force, 'forceUpgrade', { name });
}
