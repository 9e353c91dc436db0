import { describe, expect, test } from '@jest/globals';
import { loadFrameworks } from '../../src/compliance/frameworks/index.ts';
import type { ComplianceReport } from '../../src/judge/compliance-report.ts';
import { controlToken, oscalReport } from '../../src/report/oscal.ts';
import { complianceReport, controlResult } from './compliance-builder.ts';
import { documentProblems } from './oscal-document.ts';
import { fileFinding, finding, hostileTexts } from './report-builder.ts';

const open = finding();
const inFile = fileFinding({ fingerprint: 'aaaaaaaaaaaaaaaa' });
const waived = finding({
  fingerprint: 'bbbbbbbbbbbbbbbb',
  suppressed: { by: 'waiver', reason: 'needed by the driver', owner: '@acme/team', until: '2027-03-31' },
});

const full = complianceReport([
  controlResult({ status: 'findings', findings: [open, inFile], waived: [waived] }),
  controlResult({ control: { id: 'CC6.3' }, status: 'waived', waived: [waived] }),
  controlResult({ control: { id: 'CC6.6' } }),
  controlResult({ control: { id: 'CC6.7' }, status: 'not-applicable', lookedAt: [] }),
  controlResult({ control: { id: 'CC1.1' }, status: 'not-assessable', rules: [], lookedAt: [] }),
]);

const { revision: _, ...outsideGit } = complianceReport([controlResult()]);

const parse = (report: ComplianceReport) => JSON.parse(oscalReport(report))['assessment-results'];
const uuids = (report: ComplianceReport): string[] => oscalReport(report).match(/"uuid": "[^"]+"/g) ?? [];
const firstResult = (report: ComplianceReport) => parse(report).results[0];

describe('oscalReport', () => {
  test.each<[string, ComplianceReport]>([
    ['with every status', full],
    [
      'with nothing to say',
      complianceReport([controlResult({ status: 'not-assessable', rules: [], lookedAt: [] })]),
    ],
    ['outside Git', outsideGit],
    [
      'with two frameworks that share findings',
      {
        ...full,
        frameworks: ['soc2', 'hipaa'].flatMap((id) => full.frameworks.map((one) => ({ ...one, id }))),
      },
    ],
    [
      'with hostile texts',
      complianceReport(
        hostileTexts.map((text, index) =>
          controlResult({
            control: { id: `CC${index}` },
            status: 'waived',
            waived: [
              finding({
                message: text,
                fingerprint: `${index}`,
                object: { apiVersion: 'v1', kind: text, name: text },
                location: { file: text },
                suppressed: { by: 'comment', reason: text, owner: text },
              }),
            ],
          }),
        ),
      ),
    ],
  ])('is a document of OSCAL %s', (_, report) => {
    expect(documentProblems(JSON.parse(oscalReport(report)))).toEqual([]);
  });

  test('says not-satisfied of controls with findings and nothing of the others', () => {
    const targets = firstResult(full).findings.map(({ target }: { target: unknown }) => target);
    expect(targets).toEqual([
      {
        type: 'statement-id',
        'target-id': 'soc2_CC6.1_smt',
        status: { state: 'not-satisfied', reason: 'fail' },
      },
      {
        type: 'statement-id',
        'target-id': 'soc2_CC6.3_smt',
        status: { state: 'not-satisfied', reason: 'other' },
      },
    ]);
    expect(oscalReport(full)).not.toMatch(/[^-]satisf/i);
  });

  test('supports passed controls by an observation', () => {
    const passed = firstResult(full).observations.filter(
      ({ types }: { types: string[] }) => types[0] === 'control-objective',
    );
    expect(passed).toEqual([
      expect.objectContaining({
        title: 'CC6.6 Logical access is secured',
        description: 'Supports the control: 1 rule found nothing against it in 2 objects.',
        'relevant-evidence': [{ description: 'Deployment: 2 objects' }],
      }),
    ]);
  });

  test('excludes what was not assessed', () => {
    expect(firstResult(full)['reviewed-controls']['control-selections']).toEqual([
      {
        'include-all': {},
        'exclude-controls': [{ 'control-id': 'soc2_CC6.7' }, { 'control-id': 'soc2_CC1.1' }],
        remarks:
          'Excluded are 1 control that could not be assessed and 1 control about objects that are not there.',
      },
    ]);
  });

  test('lists a finding once for all of its controls', () => {
    const { observations, risks } = firstResult(full);
    expect(observations).toHaveLength(4);
    expect(risks).toEqual([
      expect.objectContaining({
        status: 'deviation-approved',
        statement: 'needed by the driver Owner: @acme/team. Until: 2027-03-31.',
      }),
    ]);
  });

  test('gives the same text for the same report, and other identifiers for another', () => {
    expect(oscalReport(structuredClone(full))).toBe(oscalReport(full));
    const later = { ...full, date: '2026-11-23T09:30:00.000Z' };
    expect(uuids(full).filter((id) => uuids(later).includes(id))).toEqual([]);
    const other = complianceReport([controlResult({ rules: ['image/mutable-tag'] })]);
    expect(parse(other).uuid).not.toBe(parse(complianceReport([controlResult()])).uuid);
  });

  test.each(hostileTexts)('lets %j neither steer a log nor be markup', (text) => {
    const hostile = finding({ message: text, location: { file: text } });
    const output = oscalReport(
      complianceReport([controlResult({ status: 'findings', findings: [hostile] })]),
    );
    expect(output.replaceAll('\n', '')).not.toMatch(/##\[|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    const { description } = JSON.parse(output)['assessment-results'].results[0].observations[0];
    expect(description.replace(/\\[!-/:-@[-`{-~]/g, 'x')).not.toMatch(/[\\`*_~^[\]{}<>&]|^[-+=#]/);
  });
});

describe('controlToken', () => {
  test.each([
    ['nist-800-53/r5', 'AC-6(10)', 'ac-6.10'],
    ['nist-800-53/r5', 'SR-12', 'sr-12'],
    ['hipaa', '164.308(a)(1)(ii)(B)', 'hipaa_164.308_a_1_ii_B'],
    ['pci-dss/4.0.1', '12.10.4.1', 'pci-dss_4.0.1_12.10.4.1'],
  ])('%s %s', (framework, control, expected) => {
    expect(controlToken(framework, control)).toBe(expected);
  });

  test('tells all controls of all frameworks apart', async () => {
    const tokens = (await loadFrameworks()).flatMap(({ id, controls }) =>
      controls.map((control) => controlToken(id, control.id)),
    );
    expect(tokens.filter((token) => !/^[a-zA-Z][\w.-]*$/.test(token))).toEqual([]);
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});
