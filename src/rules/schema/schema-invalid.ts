import { type Field, splitPointer } from '../../kubernetes/field.ts';
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
    for (const { pointer, message, severity } of schemas.problems(manifest) ?? [])
      report(fieldAt(manifest.root, pointer), severity === 'medium' ? 'unknown-field' : 'invalid', {
        problem: message,
      });
  },
});

function fieldAt(root: Field, pointer: string): Field {
  return splitPointer(pointer).reduce(
    (field, token) => field.at(Array.isArray(field.value) ? Number(token) : token),
    root,
  );
}
