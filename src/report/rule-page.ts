import { bundleControls } from '../compliance/bundles.ts';
import { type RuleInfo, workloads } from '../rules/rule.ts';

/** The generated head of a rule's page, between {@link headStart} and {@link headEnd}. */
export function ruleHead(rule: RuleInfo): string {
  const { id, severity, recommended, kinds, since, controls, summary, options } = rule;
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
    ...optionRows(options),
    headEnd,
  ].join('\n');
}

function optionRows(options: RuleInfo['options'] = {}): string[] {
  const rows = Object.entries(options).map(
    ([name, option]) => `| \`${name}\` | ${option.description} | \`${JSON.stringify(option.default)}\` |`,
  );
  return rows.length === 0 ? [] : ['', '| Option | Meaning | Default |', '|---|---|---|', ...rows];
}

/** What schemas/config.schema.json says of the rules that have options, by rule id. */
export function ruleSchemas(rules: readonly RuleInfo[]): Record<string, unknown> {
  return Object.fromEntries(
    rules.flatMap(({ id, options }) => (options === undefined ? [] : [[id, ruleSchema(options)]])),
  );
}

function ruleSchema(options: NonNullable<RuleInfo['options']>): unknown {
  const properties = Object.fromEntries(
    Object.entries(options).map(([name, { description, schema, default: preset }]) => [
      name,
      { description, ...schema, default: preset },
    ]),
  );
  return {
    anyOf: [
      { $ref: '#/definitions/level' },
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          severity: { $ref: '#/definitions/level' },
          exclude: { $ref: '#/definitions/off' },
          options: {
            description: 'Limits and lists of this rule.',
            type: 'object',
            additionalProperties: false,
            properties,
          },
        },
      },
    ],
  };
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
