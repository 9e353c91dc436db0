import { didYouMean } from './did-you-mean.ts';

/** Whether a rule id is meant by a pattern: a rule id itself, or `family/*`. */
export function matchesRule(pattern: string, id: string): boolean {
  return pattern.endsWith('/*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** Everything that {@link matchesRule} takes for a pattern: the rule ids, and `family/*` for each family. */
export function rulePatterns(ruleIds: readonly string[]): string[] {
  const families = new Set(ruleIds.map((id) => `${id.slice(0, id.indexOf('/'))}/*`));
  return [...ruleIds, ...families];
}

/** A sentence that says that a rule id or pattern is not among the known ones; undefined when it is. */
export function unknownRule(name: string, known: readonly string[]): string | undefined {
  return known.includes(name) ? undefined : `There is no rule ${quote(name)}.${didYouMean(name, known)}`;
}

/** Text from a file, in quotes and cut to a length that a message can hold. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
