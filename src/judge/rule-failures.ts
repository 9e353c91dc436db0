import { groupBy } from '../group-by.ts';
import type { RuleFailure } from '../rules/run.ts';
import type { Candidate } from './candidate.ts';
import type { Locator } from './locate.ts';

/** Stands for the rule in findings about rules that broke. */
export const brokenRule = 'internal/rule-broken';

/** For each rule that threw, one finding of its own: on the first object, with the number of the others. */
export function failureCandidates(failures: readonly RuleFailure[], locator: Locator): Candidate[] {
  return [...groupBy(failures, ({ rule }) => rule.id)].flatMap(([id, [first, ...rest]]) => {
    if (first === undefined) return [];
    const { manifest, error } = first;
    const others = rest.length === 0 ? '' : ` and on ${rest.length} more`;
    const what = `The rule ${id} broke on this object${others}, so what it looks for was not checked there`;
    return [
      {
        rule: brokenRule,
        messageId: id,
        severity: 'internal',
        recommended: true,
        message: `${what} (${causeOf(error)}). Please report this to the authors of Plimsoll.`,
        ...locator.whole(manifest),
        related: [],
        pointer: '',
        place: '',
        controls: [],
      },
    ];
  });
}

/** The kind of the error: its message may quote the object. */
function causeOf(error: unknown): string {
  return error instanceof Error ? error.name : 'no error object';
}
