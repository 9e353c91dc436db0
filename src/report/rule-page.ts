import { bundleControls } from '../compliance/bundles.ts';
import { type RuleInfo, workloads } from '../rules/rule.ts';

/** The generated head of a rule's page, between {@link headStart} and {@link headEnd}. */
export function ruleHead(rule: RuleInfo): string {
  const { id, severity, recommended, kinds, since, controls, summary } = rule;
  const rows = [
    ['Severity', severity],
    ['Profile', recommended ? '`recommended`, `strict`' : '`strict`'],
    ['Looks at', kindsText(kinds)],
    ['Since', since],
    ['Controls', controls.map((control) => `\`${control}\``).join(', ') || 'none of its own'],
    ['Supports', bundleControls[rule.bundle].map((control) => `\`${control}\``).join(', ')],
  ];
  return [
    headStart,
    `# ${id}`,
    '',
    `${summary}.`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    headEnd,
  ].join('\n');
}

/** What a rule looks at, for people. */
export function kindsText(kinds: readonly string[]): string {
  if (kinds.length === 0) return 'every file';
  if (kinds.includes('*')) return 'every object';
  if (!workloads.every((kind) => kinds.includes(kind))) return kinds.join(', ');
  return [
    ...kinds.filter((kind) => !workloads.includes(kind)),
    'workloads (all kinds with a pod template)',
  ].join(', ');
}

export const headStart = '<!-- head -->';
export const headEnd = '<!-- /head -->';

/** The index of all rules, `docs/rules/README.md`. */
export function ruleIndex(rules: readonly RuleInfo[]): string {
  const rows = rules
    .map(({ id, severity, recommended, summary }) => {
      const profile = recommended ? 'recommended' : 'strict';
      return `| [${id}](${id}.md) | ${severity} | ${profile} | ${summary} |`;
    })
    .sort();
  return [
    '# Rules',
    '',
    'The severity is that of the rule; single messages may be milder or worse. `strict` has every rule.',
    '',
    '| Rule | Severity | Profile | Finds |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
