import { groupBy } from '../group-by.ts';
import { type ComplianceReport, controlStatuses, type FrameworkResult } from '../judge/compliance-report.ts';
import type { Finding } from '../judge/report.ts';
import { compareSeverity } from '../severity.ts';
import {
  allFindings,
  allKinds,
  byRule,
  evidenceText,
  factsOf,
  idleTexts,
  scopeOfReport,
  statusCounts,
  statusWords,
  worst,
} from './compliance.ts';
import type { ReportContext } from './context.ts';
import { escapeMarkdown } from './escape.ts';
import { codeCell, placeCell, ruleCell, type Section, tableSection, textCell, whole } from './markdown.ts';
import { notCheckedSection, noticesSection, unknownKindsSection } from './summary.ts';
import { count, objectName } from './words.ts';

type Context = Pick<ReportContext, 'rule' | 'link'>;

/** The compliance report as GitHub's Markdown. Findings are listed once, by rule; controls name the rules. */
export function complianceMarkdown(report: ComplianceReport, given: Context): string {
  const context = { ...given, sourceLine: () => undefined };
  const lines = [
    '# Compliance evidence',
    '',
    scopeOfReport.join('\n\n'),
    '',
    ...factsOf(report).map(([name, value]) => `- ${name}: ${textCell(value)}`),
    '',
    ...controlStatuses.map((status) => `- **${statusWords[status].label}:** ${statusWords[status].meaning}`),
    '',
  ].join('\n');
  const sections = [
    ...tableSection({
      columns: ['Framework', ...controlStatuses.map((status) => statusWords[status].label)],
      rows: report.frameworks.map((framework) => [textCell(framework.title), ...countCells(framework)]),
    }),
    ...report.frameworks.flatMap(frameworkSections),
    ...titled('Findings', findingSections(allFindings(report, 'findings'), context)),
    ...titled('Waived findings', waivedSection(allFindings(report, 'waived'), context)),
    ...titled('What was not looked at', gapSections(report, context)),
    ...titled('What was looked at', [
      ...tableSection({
        columns: ['Kind', 'Objects'],
        rows: allKinds(report).map(({ kind, objects }) => [codeCell(kind), String(objects)]),
      }),
    ]),
  ];
  return lines + sections.map(whole).join('');
}

/** So many controls of a framework stand in a job summary, each of them with few words. */
const worstShown = 3;

/**
 * The section of a job summary: for each framework the counts and the controls with the worst findings. At most 1 KB for
 * each framework.
 * @param where where the whole report is: Markdown.
 */
export function complianceSummary(report: ComplianceReport, where: string): string {
  const head = `\n## Compliance\n\n${scopeOfReport[0]} ${where}\n`;
  return [
    head,
    ...tableSection({
      columns: ['Framework', ...controlStatuses.map((status) => statusWords[status].label), 'Worst controls'],
      rows: report.frameworks.map((framework) => [
        textCell(framework.title),
        ...countCells(framework),
        worstControls(framework),
      ]),
    }).map(whole),
  ].join('');
}

function countCells(framework: FrameworkResult): string[] {
  return statusCounts(framework).map(({ number }) => String(number));
}

function worstControls({ controls }: FrameworkResult): string {
  return controls
    .filter(({ status }) => status === 'findings')
    .map(({ control, findings }) => ({ control, findings, severity: worst(findings) }))
    .sort((a, b) => compareSeverity(a.severity, b.severity) || b.findings.length - a.findings.length)
    .slice(0, worstShown)
    .map(
      ({ control, findings, severity }) =>
        `${textCell(`${control.id} ${control.title}`)}: ${count(findings.length, 'finding')}, worst ${severity}`,
    )
    .join('<br>');
}

/** Sections under a heading of their own; nothing when there are none. */
function titled(title: string, [first, ...rest]: readonly Section[]): Section[] {
  return first === undefined ? [] : [{ ...first, head: `\n## ${title}\n${first.head}` }, ...rest];
}

function frameworkSections(framework: FrameworkResult): Section[] {
  const assessed = framework.controls.filter(({ status }) => status !== 'not-assessable');
  const others = framework.controls.filter(({ status }) => status === 'not-assessable');
  const sections = [...groupBy(assessed, ({ control }) => control.section)].flatMap(([section, results]) =>
    tableSection({
      title: textCell(section),
      columns: ['Control', 'Status', 'Evidence'],
      rows: results.map((result) => [
        textCell(`${result.control.id} ${result.control.title}`),
        statusWords[result.status].label,
        [
          rulesText('Open', result.findings),
          rulesText('Waived', result.waived),
          textCell(evidenceText(result)),
        ]
          .filter((text) => text !== '')
          .join('<br>'),
      ]),
    }),
  );
  const notAssessed = tableSection({
    title: `${count(others.length, 'control')} not assessed`,
    folded: true,
    columns: ['Section', 'Control', 'Reason'],
    rows: others.map((result) => [
      textCell(result.control.section),
      textCell(`${result.control.id} ${result.control.title}`),
      textCell(evidenceText(result)),
    ]),
  });
  return titled(`${textCell(framework.title)}\n\n${textCell(framework.source)}`, [
    ...sections,
    ...notAssessed,
  ]);
}

function rulesText(label: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const rules = byRule(findings).map((each) => `${codeCell(each.rule)} ${each.findings.length}`);
  return `${label}: ${rules.join(', ')}`;
}

function findingSections(findings: readonly Finding[], context: ReportContext): Section[] {
  return byRule(findings).flatMap(({ rule, findings: all }) =>
    tableSection({
      title: `${ruleCell(rule, context)}: ${count(all.length, 'finding')}`,
      columns: ['Severity', 'Place', 'Object', 'Finding'],
      rows: all.map(({ severity, location, object, message }) => [
        severity,
        placeCell(location, context),
        object === undefined ? '' : codeCell(objectName(object)),
        textCell(message),
      ]),
    }),
  );
}

function waivedSection(findings: readonly Finding[], context: ReportContext): Section[] {
  return tableSection({
    columns: ['Place', 'Rule', 'Finding', 'Waived by', 'Reason', 'Owner', 'Until'],
    rows: findings.map(({ location, rule, message, suppressed }) => [
      placeCell(location, context),
      ruleCell(rule, context),
      textCell(message),
      suppressed?.by ?? '',
      textCell(suppressed?.reason ?? ''),
      textCell(suppressed?.owner ?? ''),
      escapeMarkdown(suppressed?.until ?? ''),
    ]),
  });
}

function gapSections(report: ComplianceReport, context: ReportContext): Section[] {
  return [
    ...notCheckedSection(report, context),
    ...unknownKindsSection(report),
    ...tableSection({
      title: 'Rules that did not look everywhere',
      columns: ['Rule'],
      rows: idleTexts(report).map((text) => [textCell(text)]),
    }),
    ...noticesSection(report, context),
  ];
}
