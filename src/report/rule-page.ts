import { bundleControls } from '../compliance/bundles.ts';
import { foreignNames, foreignTools } from '../compliance/foreign-rules.ts';
import { frameworkIds } from '../compliance/frameworks/index.ts';
import { groupBy } from '../group-by.ts';
import { type Rule, type RuleInfo, workloads } from '../rules/rule.ts';

/** The generated head of a rule's page, between {@link headStart} and {@link headEnd}. */
export function ruleHead(rule: Rule): string {
  const { id, severity, recommended, kinds, since, summary, options } = rule;
  const rows = [
    ['Severity', severity],
    ['Profile', recommended ? '`recommended`, `strict`' : '`strict`'],
    ['Looks at', kindsText(kinds)],
    ['Since', since],
    ['Controls', codes(ownControls(rule)) || 'none of its own'],
    ['Supports', codes(bundleControls[rule.bundle])],
    ...elsewhere(rule).map(([tool, names]) => [`In ${tool}`, codes(names)]),
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

function codes(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ');
}

/** The controls of frameworks that a rule or one of its messages names itself, each once; not those of its bundle. */
export function ownControls({ controls, messages }: Rule): string[] {
  const said = Object.values(messages).flatMap((message) =>
    typeof message === 'string' ? [] : (message.controls ?? []),
  );
  const isOfFramework = (control: string) => frameworkIds.includes(frameworkOf(control));
  return [...new Set([...controls, ...said])].filter(isOfFramework);
}

/** The short names of the frameworks that {@link ownControls} are of, such as `cis`, in the order of reports. */
export function frameworksNaming(rule: Rule): string[] {
  const ids = new Set(ownControls(rule).map(frameworkOf));
  const named = frameworkIds.filter((id) => ids.has(id)).map((id) => id.replace(/\/.*/, ''));
  return [...new Set(named)];
}

function frameworkOf(control: string): string {
  return control.slice(0, control.indexOf(':'));
}

/** What other tools call their checks for the same fault, by tool. */
export function elsewhere({ id }: Pick<RuleInfo, 'id'>): [tool: string, names: readonly string[]][] {
  return foreignTools.flatMap((tool): [string, readonly string[]][] => {
    const names = foreignNames[id]?.[tool];
    return names === undefined ? [] : [[tool, names]];
  });
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
export function ruleIndex(rules: readonly Rule[]): string {
  const families = groupBy(
    rules.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ({ id }) => id.slice(0, id.indexOf('/')),
  );
  const count = rules.filter(({ recommended }) => recommended).length;
  return [
    '# Rules',
    '',
    `${rules.length} rules; ${count} of them are in the profile \`recommended\`, and \`strict\` has every rule. The severity`,
    'is that of the rule; single messages may be milder or worse. The frameworks are those that name the rule itself;',
    "its page has the controls, also those of regulations that it supports, and other tools' names of it.",
    ...[...families].flatMap(([family, ofFamily]) => [
      '',
      `## ${family}`,
      '',
      '| Rule | Finds | Severity | Profile | Frameworks | Options | Since |',
      '|---|---|---|---|---|---|---|',
      ...ofFamily.map(indexRow),
    ]),
    '',
  ].join('\n');
}

function indexRow(rule: Rule): string {
  const { id, summary, severity, recommended, options, since } = rule;
  const cells = [
    `[${id}](${id}.md)`,
    summary,
    severity,
    recommended ? 'recommended' : 'strict',
    frameworksNaming(rule).join(', ') || '–',
    options === undefined ? '–' : 'yes',
    since,
  ];
  return `| ${cells.join(' | ')} |`;
}
