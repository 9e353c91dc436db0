import { groupBy } from '../group-by.ts';
import type { Report } from '../judge/report.ts';
import { severities } from '../severity.ts';
import type { ReportContext } from './context.ts';
import { escapeMarkdown } from './escape.ts';
import { byObject, isProminent, openFindings, worstFirst } from './findings.ts';
import {
  codeCell,
  findingsTable,
  joinWithin,
  placeCell,
  ruleCell,
  type Section,
  tableSection,
  textCell,
} from './markdown.ts';
import { verdictLine } from './verdict.ts';
import { causes, count } from './words.ts';

/** GitHub takes 1 MiB per step. */
const maxBytes = 1_000_000;

/**
 * The whole report as Markdown for the job summary, at most 1,000,000 bytes of UTF-8. Rows that have no room are
 * counted.
 */
export function summaryMarkdown(report: Report, context: ReportContext): string {
  const heading = `## Plimsoll · ${verdictLine(report)}\n`;
  const sections = [
    ...findingSections(report, context),
    ...notCheckedSection(report, context),
    ...unknownKindsSection(report),
    ...suppressedSection(report, context),
    ...noticesSection(report, context),
  ];
  const more = (things: number) => `${things} more in the report file.`;
  return heading + joinWithin(maxBytes - byteLength(heading), byteLength, sections, more);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function findingSections(report: Report, context: ReportContext): Section[] {
  const objects = byObject(worstFirst(openFindings(report)));
  const explained = new Set<string>();
  const byWorst = severities.flatMap((severity) => {
    const findings = objects.filter(([worst]) => worst?.severity === severity);
    return tableSection({
      title: `${count(findings.length, 'place')} with findings up to ${severity}`,
      folded: !isProminent(report.verdict, severity),
      ...findingsTable(findings.flat(), context, explained),
    });
  });
  const outside = report.findings.filter(({ state, suppressed }) => state === 'existing' && !suppressed);
  return [
    ...byWorst,
    ...tableSection({
      title: `${count(outside.length, 'finding')} in files this change does not touch`,
      folded: true,
      ...findingsTable(outside, context, explained),
    }),
  ];
}

/** Every file that was left out, with the reason. */
export function notCheckedSection(
  { coverage: { notChecked } }: Pick<Report, 'coverage'>,
  context: ReportContext,
): Section[] {
  return tableSection({
    title: `${count(notChecked.length, 'file')} not checked`,
    folded: true,
    columns: ['File', 'Cause', 'Reason'],
    rows: [...groupBy(notChecked, ({ cause }) => cause)].flatMap(([cause, files]) =>
      files.map(({ file, reason }) => [placeCell({ file }, context), causes[cause], textCell(reason)]),
    ),
  });
}

/** The kinds whose fields were not validated. */
export function unknownKindsSection({ coverage: { unknownKinds } }: Pick<Report, 'coverage'>): Section[] {
  return tableSection({
    title: `${count(unknownKinds.length, 'kind')} without a schema: fields not validated`,
    folded: true,
    columns: ['Kind', 'Objects'],
    rows: unknownKinds.map(({ apiVersion, kind, objects }) => [
      codeCell(`${apiVersion} ${kind}`),
      String(objects),
    ]),
  });
}

function suppressedSection({ findings }: Report, context: ReportContext): Section[] {
  const suppressed = findings.flatMap((finding) =>
    finding.suppressed === undefined ? [] : [{ ...finding, suppressed: finding.suppressed }],
  );
  return tableSection({
    title: count(suppressed.length, 'suppressed finding'),
    folded: true,
    columns: ['Place', 'Rule', 'Suppressed by', 'Reason', 'Owner', 'Until'],
    rows: suppressed.map(({ location, rule, suppressed: { by, reason, owner = '', until = '' } }) => [
      placeCell(location, context),
      ruleCell(rule, context),
      by,
      textCell(reason),
      textCell(owner),
      escapeMarkdown(until),
    ]),
  });
}

/** Remarks on the run itself. */
export function noticesSection({ notices }: Pick<Report, 'notices'>, context: ReportContext): Section[] {
  return tableSection({
    title: count(notices.length, 'notice'),
    columns: ['Place', 'Notice'],
    rows: notices.map(({ file, line, message }) => [
      file === undefined ? '' : placeCell(line === undefined ? { file } : { file, line }, context),
      textCell(message),
    ]),
  });
}
