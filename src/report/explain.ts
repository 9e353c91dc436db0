import { bundleControls } from '../compliance/bundles.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { UserError } from '../errors.ts';
import type { RuleInfo } from '../rules/rule.ts';
import { kindsText } from './rule-page.ts';
import { rulePage } from './words.ts';

/** One line for each rule: id, severity, profile, what it finds. */
export function listRules(rules: readonly RuleInfo[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules
    .map(({ id, severity, recommended, summary }) => {
      const profile = recommended ? 'recommended' : 'strict';
      return `${id.padEnd(width)}  ${severity.padEnd(8)}  ${profile.padEnd(11)}  ${summary}\n`;
    })
    .sort()
    .join('');
}

/**
 * What a rule finds, why that matters and what to do about it.
 * @throws {UserError} when there is no such rule.
 */
export function explain(id: string | undefined, rules: readonly RuleInfo[]): string {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined)
    throw new UserError(
      id === undefined
        ? 'Which rule?'
        : `There is no rule "${id}".${didYouMean(
            id,
            rules.map((each) => each.id),
          )}`,
      { todo: 'plimsoll rules lists them all.' },
    );
  const { severity, recommended, summary, why, remedy, controls, kinds } = rule;
  return [
    `${rule.id}: ${summary}`,
    '',
    `  Severity  ${severity}`,
    `  Profile   ${recommended ? 'recommended' : 'strict'}`,
    `  Looks at  ${kindsText(kinds)}`,
    `  Controls  ${controls.join(', ') || 'none of its own'}`,
    `  Supports  ${bundleControls[rule.bundle].join(', ')}`,
    '',
    why,
    '',
    `To mend it: ${remedy}`,
    '',
    rulePage(rule.id),
    '',
  ].join('\n');
}
