import { groupBy } from '../group-by.ts';
import type { Finding, Report, Verdict } from '../judge/report.ts';
import { compareSeverity, type Severity } from '../severity.ts';
import type { ReportContext } from './context.ts';
import { truncate, visible } from './escape.ts';
import { decides, prominentFindings } from './findings.ts';
import { count, objectName, rulePage } from './words.ts';

/** What a workflow command `error`, `warning` or `notice` takes. Lines are 1-based. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Columns are only there when the annotation is on one line. */
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly title: string;
  readonly message: string;
}

export interface AnnotationOptions {
  /** By file, the lines (1-based, first and last) that the change touches. */
  readonly changedLines?: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

/** GitHub keeps 10 annotations of each level per step and drops the others without a word. */
const perLevel = 10;
/** Keeps a message below GitHub's 64 KB. */
const findingsPerAnnotation = 10;
const unitsPerFinding = 1000;
const filesNamed = 5;

/**
 * Annotations for the prominent findings, one per line of a file, at most ten of each level. Sorted by severity, then
 * by how near to a changed line they are, then by file and line. When a level has more than ten, its last annotation
 * says how many are left out and in which files.
 */
export function annotations(
  report: Report,
  context: ReportContext,
  { changedLines = new Map() }: AnnotationOptions = {},
): Annotation[] {
  const byLine = groupBy(prominentFindings(report), ({ location }) => `${location.line} ${location.file}`);
  const places = [...byLine.values()]
    .flatMap((findings) => placeOf(findings, changedLines))
    .sort((a, b) => compareSeverity(a.severity, b.severity) || a.distance - b.distance);
  const byLevel = groupBy(places, ({ severity }) => levelOf(report.verdict, severity));
  return [...byLevel].flatMap(([level, ofLevel]) => atMostTen(level, ofLevel, context));
}

type Level = Annotation['level'];
type ChangedLines = NonNullable<AnnotationOptions['changedLines']>;

/** The findings on one line. */
interface Place {
  /** The worst of them. */
  readonly first: Finding;
  readonly findings: readonly Finding[];
  readonly severity: Severity;
  /** Lines between the place and the nearest changed line; 0 on a changed line. */
  readonly distance: number;
}

function placeOf(findings: readonly Finding[], changedLines: ChangedLines): Place[] {
  const sorted = findings.toSorted((a, b) => compareSeverity(a.severity, b.severity));
  const [first] = sorted;
  if (first === undefined) return [];
  return [{ first, findings: sorted, severity: first.severity, distance: distanceOf(first, changedLines) }];
}

function distanceOf({ location: { file, line, endLine } }: Finding, changedLines: ChangedLines): number {
  const ranges = changedLines.get(file) ?? [];
  return Math.min(
    Number.MAX_SAFE_INTEGER,
    ...ranges.map(([from, to]) => Math.max(0, from - endLine, line - to)),
  );
}

function levelOf(verdict: Verdict, severity: Severity): Level {
  return decides(verdict, severity) ? 'error' : 'warning';
}

function atMostTen(level: Level, places: readonly Place[], context: ReportContext): Annotation[] {
  const shown = places.length > perLevel ? places.slice(0, perLevel - 1) : places;
  const rest = places.slice(shown.length);
  return [...shown.map((place) => annotationOf(level, place, context)), ...remainder(level, rest)];
}

function annotationOf(level: Level, { first, findings }: Place, context: ReportContext): Annotation {
  const { file, line, column, endLine, endColumn } = first.location;
  const texts = findings.slice(0, findingsPerAnnotation).map((finding) => textOf(finding, context));
  const left = findings.length - texts.length;
  return {
    level,
    file,
    startLine: line,
    endLine,
    ...(endLine === line ? { startColumn: column, endColumn } : {}),
    title: titleOf(findings, first, context),
    message: [...texts, ...(left > 0 ? [`${left} more on this line: see the summary.`] : [])].join('\n\n'),
  };
}

function titleOf(findings: readonly Finding[], { rule, severity }: Finding, context: ReportContext): string {
  if (findings.length > 1) return `${count(findings.length, 'finding')}, the worst is ${severity}`;
  return `${context.rule(rule)?.summary ?? rule} (${severity})`;
}

/** What is wrong, why it matters, what to do, and where to read on. */
function textOf({ rule, message, object }: Finding, context: ReportContext): string {
  const info = context.rule(rule);
  const what = object === undefined ? message : `${objectName(object)}: ${message}`;
  const lines = [truncate(visible(what), unitsPerFinding)];
  if (info !== undefined) lines.push(firstSentence(info.why), `Fix: ${info.remedy}`, rulePage(rule));
  return lines.join('\n');
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** The annotation that stands for all that have no room. */
function remainder(level: Level, places: readonly Place[]): Annotation[] {
  const [place] = places;
  if (place === undefined) return [];
  const findings = places.flatMap((each) => each.findings);
  const files = [...groupBy(findings, ({ location }) => location.file)];
  const named = files
    .slice(0, filesNamed)
    .map(([file, { length }]) => `${truncate(visible(file), unitsPerFinding)} (${length})`);
  const others = files.length - named.length;
  const list = [...named, ...(others > 0 ? [count(others, 'more file')] : [])].join(', ');
  const { file, line } = place.first.location;
  return [
    {
      level,
      file,
      startLine: line,
      endLine: line,
      title: `${count(findings.length, 'more finding')}, not annotated`,
      message: `${count(findings.length, 'more finding')} in ${list}: see the summary. GitHub shows ten annotations of a kind.`,
    },
  ];
}
