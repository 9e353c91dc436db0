import type { Control } from '../../src/compliance/framework.ts';
import type { ComplianceReport, ControlResult } from '../../src/judge/compliance-report.ts';
import { report } from './report-builder.ts';

/** A control of SOC 2 that a rule looked for in two Deployments without a finding, unless told otherwise. */
export function controlResult(
  changes: Partial<Omit<ControlResult, 'control'>> & { readonly control?: Partial<Control> } = {},
): ControlResult {
  const { control, ...rest } = changes;
  return {
    control: {
      id: 'CC6.1',
      title: 'Logical access is secured',
      section: 'Logical and physical access',
      ...control,
    },
    status: 'passed',
    rules: ['pod/privileged'],
    idle: [],
    lookedAt: [{ kind: 'Deployment', objects: 2 }],
    findings: [],
    waived: [],
    ...rest,
  };
}

/** A report on SOC 2 with these controls. */
export function complianceReport(
  controls: readonly ControlResult[],
  changes: Partial<ComplianceReport> = {},
): ComplianceReport {
  return {
    tool: { name: 'plimsoll', version: '0.1.0' },
    date: '2026-11-22T09:30:00.000Z',
    path: '.',
    revision: '0123456789abcdef0123456789abcdef01234567',
    coverage: report().coverage,
    idleRules: [],
    notices: [],
    frameworks: [
      { id: 'soc2', title: 'SOC 2 Trust Services Criteria', source: 'AICPA TSP Section 100', controls },
    ],
    ...changes,
  };
}
