import type { ComplianceReport } from '../judge/compliance-report.ts';
import type { Finding } from '../judge/report.ts';
import { allFindings } from './compliance.ts';
import { safeJson } from './json.ts';

/**
 * The compliance report as JSON with a newline at the end; schemas/compliance.schema.json describes it. A finding that
 * stands against many controls is there once, and controls name its fingerprint.
 */
export function complianceJson(report: ComplianceReport): string {
  const { tool, date, path, revision, coverage, idleRules, notices } = report;
  return safeJson({
    version: 1,
    tool,
    date,
    path,
    ...(revision !== undefined && { revision }),
    coverage,
    idleRules,
    frameworks: report.frameworks.map(({ id, title, source, controls }) => ({
      id,
      title,
      source,
      controls: controls.map(({ control, status, reason, rules, idle, lookedAt, findings, waived }) => ({
        id: control.id,
        title: control.title,
        section: control.section,
        status,
        ...(reason !== undefined && { reason }),
        rules,
        idle,
        lookedAt,
        findings: findings.map(fingerprintOf),
        waived: waived.map(fingerprintOf),
      })),
    })),
    findings: [...allFindings(report, 'findings'), ...allFindings(report, 'waived')],
    notices,
  });
}

function fingerprintOf({ fingerprint }: Finding): string {
  return fingerprint;
}
