import type { Report } from '../judge/report.ts';
import { unicodeEscape } from './escape.ts';

/** What JSON may hold as it is, but a terminal or a workflow log must not: see `escapeTerminal`. */
const unsafe = /##\[|[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The report as JSON with a newline at the end; schemas/report.schema.json describes it. */
export function jsonReport(report: Report): string {
  return safeJson(report);
}

/** A value as JSON with a newline at the end, that may be printed to a terminal or a workflow log. */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  return `${json.replace(unsafe, (match) => (match === '##[' ? '#\\u0023[' : unicodeEscape(match)))}\n`;
}
