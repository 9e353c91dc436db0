import { isTestPath } from '../../discover/test-path.ts';
import { type Field, splitPointer } from '../../kubernetes/field.ts';
import { isPlaceholder } from '../../kubernetes/placeholder.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/schema-invalid',
  severity: 'high',
  kinds: ['*'],
  summary: 'Object does not fit the schema of its kind',
  why: 'The API server rejects an object with a wrong type, a missing required field or a value that is not allowed, and drops or rejects fields that it does not know: what was meant does not happen.',
  remedy: 'Correct the field as the message says; `kubectl explain` shows the fields of a kind.',
  controls: ['nist-800-53/r5:SI-10', 'nist-800-53/r5:CM-3(2)'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    invalid: '{problem}',
    'unknown-field': { text: '{problem}', severity: 'medium' },
  },
  check({ manifest, schemas, report }) {
    const { root, target, file } = manifest;
    const problems = schemas.problems(manifest) ?? [];
    if (problems.length === 0 || isTestTarget(target) || isTestPath(file)) return;
    // What SOPS encrypted is decrypted before it is applied, and has a field of its own.
    if (root.at('sops', 'mac').exists) return;
    for (const { pointer, message, severity } of problems) {
      const place = fieldAt(root, pointer);
      // Something fills it in before the object is applied.
      if (typeof place.value === 'string' && isPlaceholder(place.value)) continue;
      report(place, severity === 'medium' ? 'unknown-field' : 'invalid', { problem: message });
    }
  },
});

function fieldAt(root: Field, pointer: string): Field {
  return splitPointer(pointer).reduce(
    (field, token) => field.at(Array.isArray(field.value) ? Number(token) : token),
    root,
  );
}
