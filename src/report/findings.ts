import type { Finding, Report, Verdict } from '../judge/report.ts';
import { atLeast, type Severity } from '../severity.ts';

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
