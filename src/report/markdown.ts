import type { Finding, Location } from '../judge/report.ts';
import type { ReportContext } from './context.ts';
import { escapeMarkdown, markdownCode, markdownLink, truncate } from './escape.ts';
import { byContainer, byObject, worstFirst } from './findings.ts';
import { objectName, rulePage } from './words.ts';

/** A run of table rows with what stands before and after it, all ending in a newline. */
export interface Section {
  readonly head: string;
  readonly rows: readonly string[];
  readonly foot: string;
  /** How many things each row stands for; one when absent. */
  readonly counts?: readonly number[];
}

export interface SectionOptions {
  /** A few words of ours, as heading or, when `folded`, as the summary of `<details>`. */
  readonly title?: string;
  readonly folded?: boolean;
  readonly columns: readonly string[];
  /** Cells of Markdown, one list a row. */
  readonly rows: readonly (readonly string[])[];
  /** How many things each row stands for; one when absent. */
  readonly counts?: readonly number[];
}

/** A table as a section; none when it has no rows. */
export function tableSection({ title, folded = false, columns, rows, counts }: SectionOptions): Section[] {
  if (rows.length === 0) return [];
  const heading = title === undefined ? '' : `### ${title}\n\n`;
  const table = `${row(columns)}${row(columns.map(() => '---'))}`;
  return [
    {
      head: `\n${folded ? `<details><summary>${title ?? ''}</summary>\n\n` : heading}${table}`,
      rows: rows.map(row),
      foot: folded ? '\n</details>\n' : '',
      ...(counts !== undefined && { counts }),
    },
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/**
 * Joins sections within `limit`, counted in the units of `sizeOf`, by leaving out rows at the end of sections; `more`
 * words how many things they stand for. No section is crowded out: each may take a twentieth of the limit, whatever stands before it. That
 * must have room for its head, its foot and what `more` says.
 */
export function joinWithin(
  limit: number,
  sizeOf: (text: string) => number,
  sections: readonly Section[],
  more: (things: number) => string,
): string {
  const wanted = sections.map(({ head, rows, foot }) => sizeOf(`${head}${rows.join('')}${foot}`));
  const share = Math.floor(limit / 20);
  let left = limit;
  let reserved = wanted.reduce((sum, size) => sum + Math.min(size, share), 0);
  let text = '';
  sections.forEach((section, index) => {
    const size = wanted[index] ?? 0;
    reserved -= Math.min(size, share);
    const part = size <= left - reserved ? whole(section) : cut(section, left - reserved, sizeOf, more);
    text += part;
    left -= sizeOf(part);
  });
  return text;
}

/** A section with all of its rows. */
export function whole({ head, rows, foot }: Section): string {
  return `${head}${rows.join('')}${foot}`;
}

function cut(
  { head, rows, foot, counts = rows.map(() => 1) }: Section,
  limit: number,
  sizeOf: (text: string) => number,
  more: (things: number) => string,
): string {
  let left = counts.reduce((sum, count) => sum + count, 0);
  let size = sizeOf(`${head}\n${more(left)}\n${foot}`);
  const kept: string[] = [];
  for (const [index, each] of rows.entries()) {
    size += sizeOf(each);
    if (size > limit) break;
    kept.push(each);
    left -= counts[index] ?? 1;
  }
  return `${head}${kept.join('')}\n${more(left)}\n${foot}`;
}

/** UTF-16 units of a repository's text that go into one cell. */
const unitsPerCell = 300;
const unitsPerLink = 2000;
const relatedShown = 3;

/** Text from a repository, shortened and escaped. */
export function textCell(text: string): string {
  return escapeMarkdown(truncate(text, unitsPerCell));
}

/** A name from a repository as inline code, shortened. */
export function codeCell(text: string): string {
  return markdownCode(truncate(text, unitsPerCell));
}

/** `file:line` with a link where there is one. */
export function placeCell(
  { file, line }: { readonly file: string; readonly line?: number },
  context: ReportContext,
): string {
  const label = markdownCode(`${truncate(file, unitsPerCell)}${line === undefined ? '' : `:${line}`}`);
  const url = context.link?.(file, line);
  return url === undefined || url.length > unitsPerLink ? label : markdownLink(label, url);
}

/** `line 7` with a link where there is one. */
function lineLink({ file, line }: Location, context: ReportContext): string {
  const url = context.link?.(file, line);
  return url === undefined || url.length > unitsPerLink ? `line ${line}` : markdownLink(`line ${line}`, url);
}

/** A rule's id with a link to its page. */
export function ruleCell(id: string, context: ReportContext): string {
  const label = markdownCode(id);
  return context.rule(id) === undefined ? label : markdownLink(label, rulePage(id));
}

/** As many findings go into one row; the next ones are a row of their own, so that a table can be cut almost anywhere. */
const findingsPerRow = 10;

/**
 * A row for each container, and one for what is about its object as a whole: the worst findings first, the object with
 * the worst one first, and what is of one object together. `explained` holds the rules that were explained so far and
 * is added to.
 */
export function findingsTable(
  findings: readonly Finding[],
  context: ReportContext,
  explained: Set<string>,
): Pick<SectionOptions, 'columns' | 'rows' | 'counts'> {
  const rows = byObject(worstFirst(findings))
    .flatMap(byContainer)
    .flatMap((group) =>
      Array.from({ length: Math.ceil(group.length / findingsPerRow) }, (_, piece) =>
        group.slice(piece * findingsPerRow, (piece + 1) * findingsPerRow),
      ),
    );
  return {
    columns: ['Where', 'Findings'],
    rows: rows.map((ofRow) => [
      whereCell(ofRow, context),
      ofRow.flatMap((finding) => findingLines(finding, context, explained)).join('<br>'),
    ]),
    counts: rows.map(({ length }) => length),
  };
}

/** The object, its container, and the file: what all findings of a row have in common. */
function whereCell([first]: readonly Finding[], context: ReportContext): string {
  if (first === undefined) return '';
  const { object, location } = first;
  const lines = [
    ...(object === undefined ? [] : [codeCell(objectName(object))]),
    ...(object?.container === undefined ? [] : [`container ${codeCell(object.container)}`]),
    placeCell({ file: location.file }, context),
  ];
  return lines.join('<br>');
}

/** What is wrong and, with the first finding of each rule, what to do. */
function findingLines(finding: Finding, context: ReportContext, explained: Set<string>): string[] {
  const { rule, severity, message, related, location } = finding;
  const line = lineLink(location, context);
  const lines = [`**${severity}** ${line}: ${textCell(message)} ${ruleCell(rule, context)}`];
  for (const place of related.slice(0, relatedShown)) lines.push(relatedLine(place, context));
  const remedy = explained.has(rule) ? undefined : context.rule(rule)?.remedy;
  if (remedy !== undefined) lines.push(`**Fix:** ${escapeMarkdown(remedy)}`);
  explained.add(rule);
  return lines;
}

function relatedLine(place: Location & { readonly message: string }, context: ReportContext): string {
  return `See ${placeCell(place, context)}: ${textCell(place.message)}`;
}
