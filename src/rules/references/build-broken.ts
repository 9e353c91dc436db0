import { defineRule } from '../rule.ts';

/** Found while charts and overlays are rendered, before there is an object to check: see judge/build-problems.ts. */
export default defineRule({
  id: 'references/build-broken',
  severity: 'high',
  kinds: [],
  summary: 'Chart or overlay that cannot be rendered',
  why: 'What does not render never reaches the cluster, and nothing of it can be checked.',
  remedy: 'Mend what the message names, and render the chart or overlay once before merging.',
  controls: [],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    broken: '{problem}',
    // What takes too long here may do its work elsewhere, but a gate must not open for what it has not seen.
    limit: '{problem}',
    // Often the pipeline that installs the chart fetches its dependencies.
    dependency: { text: '{problem}', severity: 'low' },
    internal: { text: '{problem}', severity: 'medium' },
    // The chart may be meant for values that others give.
    'needs-values': { text: '{problem}', severity: 'low' },
    // No fault of the overlay. A notice tells how many there are.
    'left-out': { text: '{problem}', severity: 'low', recommended: false },
  },
  check() {},
});
