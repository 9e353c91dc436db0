import { isTestPath } from '../../discover/test-path.ts';
import { argoApplications } from '../../kubernetes/argo-cd.ts';
import { isObject, isSet } from '../../kubernetes/field.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Context, defineRule } from '../rule.ts';

type MessageId = 'suspended' | 'skipped' | 'disabled' | 'ignored' | 'kept';

export default defineRule({
  id: 'gitops/reconciliation-disabled',
  severity: 'medium',
  kinds: ['*'],
  summary: 'What Git says does not reach the cluster',
  why: 'A switch that was thrown for an afternoon and then committed leaves the cluster as it was: changes in Git are merged and never arrive.',
  remedy:
    'Remove suspend, or the annotation. For a pause during an incident, use `flux suspend` or the user interface of Argo CD, which leave no trace in Git.',
  controls: ['nist-800-53/r5:CM-3'],
  bundle: 'CHG',
  recommended: true,
  since: '0.1.0',
  messages: {
    suspended: 'Flux does not reconcile {kind} {name}, as it is suspended.',
    skipped: 'Argo CD does not reconcile {kind} {name}, as {annotation} is set.',
    disabled: 'Flux neither applies changes of {kind} {name} nor deletes it, as {annotation} is disabled.',
    ignored: 'Flux never applies {kind} {name}, as {annotation} is Ignore.',
    kept: {
      text: 'Argo CD leaves {kind} {name} in the cluster when it is gone from Git ({option}).',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { manifest, report } = context;
    const { kind, name, group, groupKind, root, file } = manifest;
    if (!hasSwitch(manifest) || isTestPath(file)) return;
    const suspend = root.at('spec', 'suspend');
    if (group.endsWith('.toolkit.fluxcd.io') && suspend.value === true)
      report(suspend, 'suspended', { kind, name });
    const skip = root.at('metadata', 'annotations', skipReconcile);
    if (argoApplications.includes(groupKind) && isTrue(skip.value))
      report(skip, 'skipped', { kind, name, annotation: skipReconcile });
    checkFlux(context);
    checkSyncOptions(context);
  },
});

const skipReconcile = 'argocd.argoproj.io/skip-reconcile';
const syncOptions = 'argocd.argoproj.io/sync-options';
const fluxReconcile = 'kustomize.toolkit.fluxcd.io/reconcile';
const fluxApply = 'kustomize.toolkit.fluxcd.io/ssa';
const fluxSwitches = [fluxReconcile, fluxApply];
const argoSwitches = [skipReconcile, syncOptions];

/** Whether an object has any of the fields and annotations that the rule reads; hardly any has. */
function hasSwitch({ root: { value } }: KubernetesObject): boolean {
  if (!isObject(value)) return false;
  const { metadata, spec } = value;
  if (isObject(spec) && spec.suspend === true) return true;
  if (!isObject(metadata)) return false;
  const { annotations, labels } = metadata;
  return (
    hasAny(annotations, argoSwitches) || hasAny(annotations, fluxSwitches) || hasAny(labels, fluxSwitches)
  );
}

function hasAny(map: unknown, names: readonly string[]): boolean {
  return isObject(map) && names.some((name) => isSet(map[name]));
}

/** Both are read from annotations, and from labels as well. */
function checkFlux({ manifest: { kind, name, root }, report }: Context<MessageId>): void {
  for (const list of ['annotations', 'labels'])
    for (const [annotation, value, message] of [
      [fluxReconcile, 'disabled', 'disabled'],
      [fluxApply, 'Ignore', 'ignored'],
    ] as const) {
      const place = root.at('metadata', list, annotation);
      if (place.string?.toLowerCase() === value.toLowerCase())
        report(place, message, { kind, name, annotation });
    }
}

/** What holds data, or other objects, is kept on purpose. */
const precious: ReadonlySet<string> = new Set([
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Namespace',
  'CustomResourceDefinition.apiextensions.k8s.io',
]);

function checkSyncOptions({ manifest, report }: Context<MessageId>): void {
  const { kind, name, groupKind, root } = manifest;
  if (precious.has(groupKind)) return;
  const place = root.at('metadata', 'annotations', syncOptions);
  for (const option of (place.string ?? '').split(','))
    if (/^(?:Prune|Delete)=false$/.test(option.trim()))
      report(place, 'kept', { kind, name, option: option.trim() }, { part: option.trim() });
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
