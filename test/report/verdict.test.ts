import { describe, expect, test } from '@jest/globals';
import { verdictLine } from '../../src/report/verdict.ts';
import type { Severity } from '../../src/severity.ts';
import { finding, type ReportChanges, report } from './report-builder.ts';

const of = (...severities: Severity[]) => severities.map((severity) => finding({ severity }));
const suppressed = finding({ suppressed: { by: 'comment', reason: 'known' } });
const existing = finding({ state: 'existing' });

describe('verdictLine', () => {
  test.each<[string, ReportChanges, string]>([
    ['nothing found', {}, 'Passed: no findings. Checked 41 objects in 12 files.'],
    [
      'failed',
      {
        findings: [...of('critical', 'high', 'high', 'medium', 'low', 'low', 'info'), suppressed, suppressed],
      },
      'Failed: 3 findings at high or above (1 critical, 2 high); 4 milder, 2 suppressed. Checked 41 objects in 12 files.',
    ],
    [
      'one of each',
      { findings: of('high'), files: { checked: 1 }, coverage: { objects: 1 } },
      'Failed: 1 finding at high or above (1 high). Checked 1 object in 1 file.',
    ],
    [
      'only milder ones',
      { findings: of('medium', 'info') },
      'Passed: nothing at high or above; 2 milder. Checked 41 objects in 12 files.',
    ],
    [
      'only suppressed ones',
      { findings: [suppressed] },
      'Passed: no findings; 1 suppressed. Checked 41 objects in 12 files.',
    ],
    [
      'others outside the change',
      { findings: [...of('high'), existing, existing], verdict: { scope: 'changed' } },
      'Failed: 1 finding at high or above (1 high); 2 more in files this change does not touch. Checked 41 objects in 12 files.',
    ],
    [
      'all outside the change',
      { findings: [existing], verdict: { scope: 'changed' } },
      'Passed: no findings in files this change touches; 1 in files it does not touch. Checked 41 objects in 12 files.',
    ],
    [
      'fail-on critical, failed',
      { findings: of('critical', 'high'), verdict: { failOn: 'critical' } },
      'Failed: 1 critical finding; 1 milder. Checked 41 objects in 12 files.',
    ],
    [
      'fail-on critical, passed',
      { findings: of('high', 'high'), verdict: { failOn: 'critical' } },
      'Passed: nothing critical; 2 milder. Checked 41 objects in 12 files.',
    ],
    [
      'fail-on low',
      { findings: of('low', 'info'), verdict: { failOn: 'low' } },
      'Failed: 1 finding at low or above (1 low); 1 milder. Checked 41 objects in 12 files.',
    ],
    [
      'fail-on never',
      { findings: [...of('critical', 'medium', 'medium'), suppressed], verdict: { failOn: 'never' } },
      'Passed (fail-on: never): 3 findings (1 critical, 2 medium); 1 suppressed. Checked 41 objects in 12 files.',
    ],
    [
      'files that could not be checked',
      { files: { failed: 3 } },
      'Passed: no findings. Checked 41 objects in 12 files; 3 files could not be checked.',
    ],
    [
      'fixed ones',
      { verdict: { fixed: 2 } },
      'Passed: no findings; 2 fixed. Checked 41 objects in 12 files.',
    ],
    [
      'no manifests',
      { files: { checked: 0 }, coverage: { objects: 0 } },
      'No Kubernetes manifests found in 20 files.',
    ],
    [
      'no manifests, but files that were left out',
      { files: { checked: 0, excluded: 2, failed: 1 }, coverage: { objects: 0 } },
      'No Kubernetes manifests found in 20 files; 2 files excluded; 1 file could not be checked.',
    ],
    [
      'no manifests, but a broken file',
      { findings: of('high'), files: { checked: 0, failed: 1 }, coverage: { objects: 0 } },
      'Failed: 1 finding at high or above (1 high). Checked 0 objects in 0 files; 1 file could not be checked.',
    ],
  ])('%s', (_, changes, expected) => {
    expect(verdictLine(report(changes))).toBe(expected);
  });
});
