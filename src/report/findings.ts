import { groupBy } from '../group-by.ts';
import type { Finding, Report, Verdict } from '../judge/report.ts';
import { atLeast, compareSeverity, type Severity } from '../severity.ts';

/** Findings that are in the scope and not suppressed, in the order of the report. */
export function openFindings(report: Report): Finding[] {
  return report.findings.filter(({ state, suppressed }) => state === 'new' && suppressed === undefined);
}

/** The open findings to put before a reader's eyes: those that fail the run, and all that are critical or high. */
export function prominentFindings(report: Report): Finding[] {
  return openFindings(report).filter(({ severity }) => isProminent(report.verdict, severity));
}

/** Whether {@link prominentFindings} has the open findings of a severity. */
export function isProminent(verdict: Verdict, severity: Severity): boolean {
  return atLeast(severity, 'high') || decides(verdict, severity);
}

/** Whether an open finding of this severity fails the run. */
export function decides({ failOn }: Verdict, severity: Severity): boolean {
  return failOn !== 'never' && atLeast(severity, failOn);
}

/** Findings by object, in the order in which the objects come first; those about a file as such are a group. */
export function byObject(findings: readonly Finding[]): Finding[][] {
  return [...groupBy(findings, objectKey).values()];
}

function objectKey({ object, location: { file } }: Finding): string {
  return object === undefined
    ? file
    : JSON.stringify([file, object.apiVersion, object.namespace, object.kind, object.name]);
}

/** Findings of one object by its containers; those about none of them are a group. */
export function byContainer(findings: readonly Finding[]): Finding[][] {
  return [...groupBy(findings, ({ object }) => object?.container ?? '').values()];
}

/** The worst findings first, else in the order given. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => compareSeverity(a.severity, b.severity));
}
