import type { Report } from '../judge/report.ts';
import type { ReportContext } from './context.ts';
import { percentEncode, truncate } from './escape.ts';
import { byObject, isProminent, openFindings, prominentFindings } from './findings.ts';
import { findingsTable, joinWithin, tableSection } from './markdown.ts';
import { verdictLine } from './verdict.ts';
import { count } from './words.ts';

/** GitHub refuses a body of more than 65,536 characters and does not say of which sort; UTF-16 units are the most. */
const maxUnits = 65_000;

/**
 * The hidden first line by which a run finds its own comment again. `id` keeps apart several jobs that comment on one
 * pull request; different ids of up to 100 UTF-16 units give different markers.
 */
export function commentMarker(id: string): string {
  // `--` may not stand inside an HTML comment.
  const safe = percentEncode(truncate(id, 100), /[^\w.-]|(?<=-)-/gu);
  return `<!-- plimsoll:${safe} -->`;
}

/** Whether there is anything to bother a reviewer with. When not, a comment is only updated, never created. */
export function hasSomethingToSay(report: Report): boolean {
  return prominentFindings(report).length > 0;
}

/**
 * The body of the comment on a pull request, at most 65,000 UTF-16 units: the objects with prominent findings, and
 * those with milder ones folded. Just the verdict when there are none.
 */
export function commentMarkdown(report: Report, context: ReportContext, { id }: { id: string }): string {
  const heading = `${commentMarker(id)}\n### Plimsoll · ${verdictLine(report)}\n`;
  const footer = hasSomethingToSay(report)
    ? '\nTo accept a finding, write `# plimsoll-ignore <rule>: <reason>` above its line. More is in the job summary.\n'
    : '';
  const explained = new Set<string>();
  const objects = byObject(openFindings(report));
  const hasProminent = objects.map((findings) =>
    findings.some(({ severity }) => isProminent(report.verdict, severity)),
  );
  const prominent = objects.filter((_, index) => hasProminent[index]).flat();
  const milder = objects.filter((_, index) => !hasProminent[index]).flat();
  const sections = [
    ...tableSection(findingsTable(prominent, context, explained)),
    ...tableSection({
      title: count(milder.length, 'more finding'),
      folded: true,
      ...findingsTable(milder, context, explained),
    }),
  ];
  const limit = maxUnits - heading.length - footer.length;
  const more = (findings: number) => `${findings} more in the job summary.`;
  return heading + joinWithin(limit, (text) => text.length, sections, more) + footer;
}
