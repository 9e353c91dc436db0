import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';

/** A policy, or a part of one, that lets in what breaks it. */
export interface Toothless {
  /** The setting; it need not exist. */
  readonly place: Field;
  /** How it is written, such as `Audit`; undefined when nothing is, and that is the default. */
  readonly action: string | undefined;
}

/** What a policy leaves to reports and warnings; nothing for objects that are no policy. */
export function toothless({ group, groupKind, root }: KubernetesObject): Toothless[] {
  const read = group === 'constraints.gatekeeper.sh' ? gatekeeper : readers.get(groupKind);
  return read?.(root.at('spec')) ?? [];
}

const readers = new Map<string, (spec: Field) => Toothless[]>([
  ['ClusterPolicy.kyverno.io', kyverno],
  ['Policy.kyverno.io', kyverno],
  ['ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io', withActions],
  ['ValidatingPolicy.policies.kyverno.io', withActions],
  ['NamespacedValidatingPolicy.policies.kyverno.io', withActions],
  ['ImageValidatingPolicy.policies.kyverno.io', withActions],
  ['NamespacedImageValidatingPolicy.policies.kyverno.io', withActions],
  ['ClusterImagePolicy.policy.sigstore.dev', (spec) => withMode(spec, 'warn')],
  ['ClusterAdmissionPolicy.policies.kubewarden.io', (spec) => withMode(spec, 'monitor')],
  ['AdmissionPolicy.policies.kubewarden.io', (spec) => withMode(spec, 'monitor')],
]);

/** Kyverno's deny when they give no `validationActions`; a binding has to give some. */
function withActions(spec: Field): Toothless[] {
  const place = spec.at('validationActions');
  const actions = place.items().map(({ string = '' }) => string);
  return actions.length > 0 && !actions.includes('Deny') ? [{ place, action: actions.join(', ') }] : [];
}

/** These protect without a `mode`; where it is `lax` they only warn or report. */
function withMode(spec: Field, lax: string): Toothless[] {
  const place = spec.at('mode');
  return place.value === lax ? [{ place, action: lax }] : [];
}

/**
 * Rules of Kyverno say what to do by themselves, or else the policy does, which audits when it says nothing. One finding
 * for the policy where that decides. Overrides for some namespaces count as enforcing. Source: the CRD of
 * kyverno.io/v1 in Kyverno 1.19.
 */
function kyverno(spec: Field): Toothless[] {
  const place = spec.at('validationFailureAction');
  const overridden = enforcesSome(spec.at('validationFailureActionOverrides'));
  const isLax = !isEnforce(place.value) && !overridden;
  const found = new Map<Field, Toothless>();
  for (const rule of spec.at('rules').items())
    for (const check of [rule.at('validate'), ...rule.at('verifyImages').items()]) {
      if (!check.exists || enforcesSome(check.at('failureActionOverrides'))) continue;
      const own = check.at('failureAction');
      if (own.exists ? isAudit(own.value) : isLax) {
        const setting = own.exists ? own : place;
        found.set(setting, { place: setting, action: setting.string });
      }
    }
  return [...found.values()];
}

const isEnforce = (value: unknown) => value === 'Enforce' || value === 'enforce';
const isAudit = (value: unknown) => value === 'Audit' || value === 'audit';

function enforcesSome(overrides: Field): boolean {
  return overrides.items().some((override) => isEnforce(override.at('action').value));
}

/** Constraints of Gatekeeper deny when they say nothing; `scoped` leaves it to scopedEnforcementActions. */
function gatekeeper(spec: Field): Toothless[] {
  const place = spec.at('enforcementAction');
  if (place.value === 'dryrun' || place.value === 'warn') return [{ place, action: place.value }];
  if (place.value !== 'scoped') return [];
  const scoped = spec.at('scopedEnforcementActions');
  const actions = scoped.items().map((each) => each.at('action').string ?? '');
  return actions.length > 0 && !actions.includes('deny')
    ? [{ place: scoped, action: actions.join(', ') }]
    : [];
}
