import { isTestPath } from '../../discover/test-path.ts';
import { applicationSpec, argoApplications, isPatchedSet } from '../../kubernetes/argo-cd.ts';
import type { Field } from '../../kubernetes/field.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'gitops/argo-no-drift-correction',
  severity: 'medium',
  kinds: argoApplications,
  summary: 'Argo CD does not keep the cluster as Git says',
  why: 'What somebody changes in the cluster stays, and what is removed from Git keeps running, until a person notices and syncs. Git then no longer tells what is deployed.',
  remedy: 'Set spec.syncPolicy.automated with selfHeal: true and prune: true.',
  controls: ['nist-800-53/r5:CM-2', 'nist-800-53/r5:CM-6(1)', 'nist-800-53/r5:SI-7', 'soc2:CC8.1'],
  bundle: 'CHG',
  // Many sync by hand on purpose, and prune: false is a safeguard.
  recommended: false,
  since: '0.1.0',
  messages: {
    manual: '{kind} {name} is synced only by hand.',
    disabled: '{kind} {name} has automated sync switched off.',
    partly: '{kind} {name} is synced automatically, but Argo CD does not {what}.',
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    const { kind, name, root } = manifest;
    // These are synced step by step by the ApplicationSet itself.
    if (root.at('spec', 'strategy', 'type').value === 'RollingSync') return;
    const spec = applicationSpec(manifest);
    const automated = spec.at('syncPolicy', 'automated');
    // Without a spec it is a part of one, as a patch is.
    if (!spec.exists || typeof automated.value === 'string' || isPatchedSet(manifest)) return;
    if (!automated.exists) report(automated, 'manual', { kind, name });
    else if (automated.at('enabled').value === false)
      report(automated.at('enabled'), 'disabled', { kind, name });
    else {
      const off = [automated.at('selfHeal'), automated.at('prune')].filter(isOff);
      const what = off.map(({ key }) => effects[String(key)]).join(' or ');
      const [first] = off;
      if (first !== undefined) report(first, 'partly', { kind, name, what });
    }
  },
});

const effects: Readonly<Record<string, string>> = {
  selfHeal: 'undo changes that are made in the cluster',
  prune: 'delete what is removed from Git',
};

/** Both are off unless set; a text is a template. */
function isOff({ value, exists }: Field): boolean {
  return !exists || value === false;
}
