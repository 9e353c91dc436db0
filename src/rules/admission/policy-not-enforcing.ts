import { toothless } from '../../kubernetes/admission/enforcement.ts';
import { isPolicyTest } from '../../kubernetes/admission/policy-test.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'admission/policy-not-enforcing',
  severity: 'medium',
  // The kinds of Gatekeeper's constraints have the names that their templates give them.
  kinds: ['*'],
  concerns: ({ group, kind }) =>
    group === 'constraints.gatekeeper.sh' ||
    group === 'policy.sigstore.dev' ||
    (/(?:^|\.)(?:kyverno|kubewarden)\.io$/.test(group) && kind.endsWith('Policy')) ||
    kind === 'ValidatingAdmissionPolicyBinding',
  summary: 'Policy reports and does not enforce',
  why: 'A policy that audits or warns lets in everything that breaks it. It is easily taken for a control that is in force.',
  remedy: 'Set the action to Enforce or deny once its reports are empty.',
  controls: ['cis/1.12:5.2.1', 'nist-800-53/r5:CM-7(2)'],
  bundle: 'POLICY',
  // To audit first is how every engine tells people to start.
  recommended: false,
  since: '0.1.0',
  messages: {
    lax: '{kind} {name} has the action {action}, so it lets in what breaks it.',
    unset: '{kind} {name} names no action, so it only audits and lets in what breaks it.',
  },
  check({ manifest, inventory, report }) {
    const { kind, name } = manifest;
    const found = toothless(manifest);
    if (found.length === 0 || isPolicyTest(manifest.target, inventory.target)) return;
    for (const { place, action } of found)
      if (action === undefined) report(place, 'unset', { kind, name });
      else report(place, 'lax', { kind, name, action });
  },
});
