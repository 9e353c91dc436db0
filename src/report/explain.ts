import { bundleControls } from '../compliance/bundles.ts';
import { foreignLookup, foreignTools } from '../compliance/foreign-rules.ts';
import type { Framework } from '../compliance/framework.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { UserError } from '../errors.ts';
import type { Rule } from '../rules/rule.ts';
import { elsewhere, frameworksNaming, kindsText, ownControls } from './rule-page.ts';
import { rulePage } from './words.ts';

/**
 * All rules by id: severity, profile, what each finds, and the frameworks that name it.
 * @param width columns of the terminal, for a table with lines of that length at most (80 at least); without it each
 *   rule is one line, for what reads lines.
 */
export function listRules(rules: readonly Rule[], width?: number): string {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const idWidth = Math.max(0, ...rules.flatMap((rule) => [rule.id.length, remarksOn(rule).length]));
  const left = (id: string, severity: string) => `${id.padEnd(idWidth)}  ${severity.padEnd(8)}  `;
  if (width === undefined)
    return sorted
      .map((rule) => {
        const { id, severity, summary } = rule;
        return `${left(id, severity)}${profileOf(rule).padEnd(11)}  ${summary} (${shownFrameworks(rule)})\n`;
      })
      .join('');

  const last = Math.max(width, 80) - left('', '').length;
  const blocks = sorted.map((rule) => {
    const { id, severity, summary } = rule;
    const right = [...wrap(summary, last), ...wrap(shownFrameworks(rule), last)];
    const lefts = [left(id, severity), left(remarksOn(rule), '')];
    return right.map((text, index) => `${lefts[index] ?? left('', '')}${text}`.trimEnd()).join('\n');
  });
  return `${[`${left('Rule', 'Severity')}What it finds; frameworks`, ...blocks].join('\n')}\n`;
}

function profileOf({ recommended }: Rule): string {
  return recommended ? 'recommended' : 'strict';
}

function remarksOn(rule: Rule): string {
  return `  ${profileOf(rule)}${rule.options === undefined ? '' : ', has options'}`;
}

function shownFrameworks(rule: Rule): string {
  return frameworksNaming(rule).join(', ') || 'no framework';
}

/**
 * What a rule finds, why that matters, what to do about it, and what names it. When another tool's name of a check is
 * given, such as `KSV-0017`, the rule that looks for the same, or a list of the rules.
 * @param width columns of the output.
 * @throws {UserError} when nothing is called so.
 */
export function explain(
  name: string | undefined,
  rules: readonly Rule[],
  {
    frameworks,
    width = 100,
  }: { readonly frameworks: readonly Framework[]; readonly width?: number | undefined },
): string {
  const todo = 'plimsoll rules lists them all.';
  if (name === undefined) throw new UserError('Which rule?', { todo });
  const rule = rules.find(({ id }) => id === name);
  if (rule !== undefined) return explainRule(rule, frameworks, width);

  const rulesCalled = foreignLookup();
  const called = new Set(foreignTools.flatMap((tool) => rulesCalled(name, tool)));
  const [only, ...more] = rules.filter(({ id }) => called.has(id));
  if (only === undefined) {
    const hint = didYouMean(
      name,
      rules.map(({ id }) => id),
    );
    throw new UserError(`There is no rule "${name}".${hint}`, { todo });
  }
  if (more.length === 0) return explainRule(only, frameworks, width);
  return `${1 + more.length} rules look for what is called ${name} elsewhere:\n\n${listRules([only, ...more], width)}`;
}

function explainRule(rule: Rule, frameworks: readonly Framework[], width: number): string {
  const { id, severity, summary, why, remedy, kinds, since, bundle, messages, options = {} } = rule;
  const facts = [
    ['Severity', severity],
    ['Profile', profileOf(rule)],
    ['Looks at', kindsText(kinds)],
    ['Since', since],
    ...elsewhere(rule).map(([tool, names], index) => [
      index === 0 ? 'Elsewhere' : '',
      `${tool}: ${names.join(', ')}`,
    ]),
  ].flatMap(([label = '', text = '']) => entry(label, text, { labelWidth: 9, width }));

  const said = Object.values(messages).flatMap((message) => {
    const each = typeof message === 'string' ? { text: message } : message;
    const isStrict = rule.recommended && each.recommended === false;
    return entry(each.severity ?? severity, `${each.text}${isStrict ? ' (strict)' : ''}`, {
      labelWidth: 8,
      width,
    });
  });
  const optionLines = Object.entries(options).flatMap(([option, { description, default: preset }]) =>
    entry(option, `${description} Default: ${JSON.stringify(preset)}`, {
      labelWidth: Math.max(...Object.keys(options).map((each) => each.length)),
      width,
    }),
  );
  const controls = byFramework(ownControls(rule), frameworks).flatMap(({ title, controls: named }) => [
    `  ${title}`,
    ...named.flatMap(({ id: control, title: text }) =>
      entry(`  ${control}`, text, {
        labelWidth: Math.max(...named.map((each) => each.id.length)) + 2,
        width,
      }),
    ),
  ]);
  const supported = byFramework(bundleControls[bundle], frameworks).flatMap(({ title, controls: named }) =>
    wrap(`${title}: ${named.map((each) => each.id).join(', ')}`, width - 2).map(hanging),
  );

  const sections: [string, readonly string[]][] = [
    ['What it says', said],
    ['Options', optionLines],
    ['Controls', controls],
    ['Supports', supported],
  ];
  return [
    ...wrap(`${id}: ${summary}`, width),
    '',
    ...facts,
    '',
    ...wrap(why, width),
    '',
    ...wrap(`To mend it: ${remedy}`, width),
    '',
    ...sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : [title, ...lines, ''])),
    rulePage(id),
    '',
  ].join('\n');
}

/** The frameworks that control ids are of, each with these controls alone, in the order of reports. */
function byFramework(ids: readonly string[], frameworks: readonly Framework[]): Framework[] {
  const named = new Set(ids);
  return frameworks
    .map((each) => ({ ...each, controls: each.controls.filter(({ id }) => named.has(`${each.id}:${id}`)) }))
    .filter(({ controls }) => controls.length > 0);
}

/** `  label  text`, with the rest of a long text below its beginning. */
function entry(
  label: string,
  text: string,
  { labelWidth, width }: { readonly labelWidth: number; readonly width: number },
): string[] {
  const margin = labelWidth + 4;
  return wrap(text, width - margin).map(
    (line, index) => `  ${(index === 0 ? label : '').padEnd(labelWidth)}  ${line}`,
  );
}

function hanging(line: string, index: number): string {
  return `  ${index === 0 ? '' : '  '}${line}`;
}

/** Lines of whole words, each of at most `width` UTF-16 units unless a word is longer; one empty line for no text. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (longer.length > width && current !== '') {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
