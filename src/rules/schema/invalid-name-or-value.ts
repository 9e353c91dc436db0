import { invalidValues } from '../../kubernetes/invalid-values.ts';
import { isCustom } from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/invalid-name-or-value',
  severity: 'high',
  kinds: ['*'],
  summary: 'Name or value is not allowed',
  why: 'Names, labels, selectors, ports and schedules have a syntax that no schema holds. The API server refuses an object that breaks it, so nothing of the object is applied.',
  remedy: 'Change the text as the message says.',
  controls: ['nist-800-53/r5:SI-10'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: { invalid: '{subject} {problem}.' },
  check({ manifest, pod, containers, schemas, kubernetesMinor, report }) {
    if (!(schemas.knows(manifest) || isCustom(manifest))) return;
    const invalid = invalidValues(manifest, pod, containers, kubernetesMinor);
    if (invalid.length === 0 || isTestTarget(manifest.target)) return;
    if (manifest.root.valueAt('metadata', 'annotations', 'config.kubernetes.io/local-config') === 'true')
      return;
    for (const { place, subject, problem } of invalid) report(place, 'invalid', { subject, problem });
  },
});
