/** From worst to mildest; `internal` is a defect of Plimsoll, not of what it checks. */
export const severities = ['critical', 'high', 'medium', 'low', 'info', 'internal'] as const;

export type Severity = (typeof severities)[number];

/** Orders severities for `sort`, worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/** Whether `severity` is as bad as `threshold` or worse. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(threshold);
}
