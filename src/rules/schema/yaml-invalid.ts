import { defineRule } from '../rule.ts';

/** Found while a file is read, before there is an object to check: see judge/yaml-problems.ts. */
export default defineRule({
  id: 'schema/yaml-invalid',
  severity: 'high',
  kinds: [],
  summary: 'YAML that cannot be read as it stands',
  why: 'A document that does not parse is never applied, and of a key that is set twice only the last value counts.',
  remedy: 'Mend the syntax at the marked place; keep one of two equal keys.',
  controls: [],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    syntax: '{problem}.',
    'duplicate-key': '{problem}; only the last one counts.',
    limit: '{problem}.',
  },
  check() {},
});
