import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { loadFrameworks } from '../../src/compliance/frameworks/index.ts';
import { assess } from '../../src/judge/compliance.ts';
import type { ComplianceReport } from '../../src/judge/compliance-report.ts';
import { complianceHtml } from '../../src/report/compliance-html.ts';
import { complianceJson } from '../../src/report/compliance-json.ts';
import { complianceMarkdown, complianceSummary } from '../../src/report/compliance-markdown.ts';
import { complianceReport, controlResult } from './compliance-builder.ts';
import { context, fileFinding, finding, hostileTexts, report } from './report-builder.ts';

const open = finding();
const inFile = fileFinding({ fingerprint: 'aaaaaaaaaaaaaaaa', severity: 'high' });
const waived = finding({
  fingerprint: 'bbbbbbbbbbbbbbbb',
  rule: 'pod/host-path',
  suppressed: { by: 'waiver', reason: 'needed by the driver', owner: 'team-storage', until: '2027-03-31' },
});

const full = complianceReport(
  [
    controlResult({ status: 'findings', findings: [open, inFile], waived: [waived] }),
    controlResult({ control: { id: 'CC6.3' }, status: 'waived', waived: [waived] }),
    controlResult({ control: { id: 'CC6.6' }, idle: ['pod/host-path'] }),
    controlResult({ control: { id: 'CC6.7' }, status: 'not-applicable', lookedAt: [] }),
    controlResult({
      control: { id: 'CC1.1', notAssessable: 'About people' },
      status: 'not-assessable',
      reason: 'About people.',
      rules: [],
      lookedAt: [],
    }),
  ],
  {
    coverage: report({
      files: { failed: 1, excluded: 1 },
      coverage: {
        notChecked: [
          { file: 'big.yaml', status: 'failed', cause: 'too-large', reason: 'It is too large.' },
          { file: 'vendor/a.yaml', status: 'excluded', cause: 'config-exclude', reason: 'Excluded.' },
        ],
        unknownKinds: [{ apiVersion: 'example.com/v1', kind: 'Widget', objects: 1 }],
      },
    }).coverage,
    idleRules: [{ rule: 'pod/host-path', why: 'partly-off' }],
    notices: [{ message: 'The waiver has expired.', file: '.plimsoll.yaml', line: 2 }],
  },
);

const hostile = complianceReport(
  hostileTexts.map((text, index) =>
    controlResult({
      control: { id: `CC${index}` },
      status: 'findings',
      findings: [
        finding({
          message: text,
          fingerprint: `${index}`,
          object: { apiVersion: 'v1', kind: text, name: text },
          location: { file: text },
        }),
      ],
      waived: [
        finding({
          message: text,
          fingerprint: `f${index}`,
          location: { file: text },
          suppressed: { by: 'comment', reason: text, owner: text },
        }),
      ],
      lookedAt: [{ kind: text, objects: 1 }],
    }),
  ),
  {
    path: hostileTexts.join(''),
    coverage: report({
      coverage: {
        notChecked: hostileTexts.map((text) => ({
          file: text,
          status: 'failed',
          cause: 'limit',
          reason: text,
        })),
        unknownKinds: hostileTexts.map((text) => ({ apiVersion: text, kind: text, objects: 1 })),
      },
    }).coverage,
    notices: hostileTexts.map((message) => ({ message, file: message })),
  },
);

/** A report on every framework, of a repository without any objects. */
async function everything(): Promise<ComplianceReport> {
  const evidence = { report: report(), objects: [], idleRules: [] };
  return assess(evidence, [], await loadFrameworks(), { date: full.date, path: '.' });
}

const forPeople: [string, (report: ComplianceReport) => string][] = [
  ['HTML', (value) => complianceHtml(value, context())],
  ['Markdown', (value) => complianceMarkdown(value, context())],
];

describe.each(forPeople)('%s', (_, print) => {
  const text = print(full);

  test('says what it is, of what, and what it is not', () => {
    expect(text).toContain('It supports controls; whether a control is met is for people to judge.');
    expect(text).toContain('It does not see running clusters');
    expect(text).not.toMatch(/satisf|complian(t|ce with)/i);
    expect(text).toContain('Plimsoll 0.1.0');
    expect(text).toContain('2026-11-22');
    expect(text.replaceAll('\u200b', '')).toContain('0123456789abcdef0123456789abcdef01234567');
    expect(text).toContain('12 checked, 8 without Kubernetes objects, 1 excluded, 1 could not be checked');
  });

  test.each([
    ['an open finding', 'deploy/api.yaml:1', 'Container app runs privileged.'],
    ['a waiver', 'needed by the driver', 'team-storage', '2027-03-31'],
    ['what supports a control', 'pod/privileged looked at 2 objects (2 Deployment) and found nothing'],
    ['a rule that did not look', 'Not by pod/host-path', 'pod/host-path is off for some files.'],
    ['a control without objects', '1 rule would look for it, but no object to look at is there.'],
    ['why Git cannot show a control', 'About people.'],
    ['files that were not checked', 'big.yaml', 'It is too large.', 'vendor/a.yaml'],
    ['kinds without a schema', 'example.com/v1 Widget'],
    ['notices', 'The waiver has expired.', '.plimsoll.yaml:2'],
  ])('names %s', (_what, ...texts) => {
    for (const part of texts) expect(text).toContain(part);
  });

  test('has every control of every framework', async () => {
    const all = await everything();
    const printed = plain(print(all));
    const missing = all.frameworks.flatMap(({ controls }) =>
      controls.filter(({ control }) => !printed.includes(control.title)),
    );
    expect(missing).toEqual([]);
  });

  test('has no source, of secrets neither', () => {
    const secret = finding({ rule: 'secrets/plaintext-secret', sensitive: true });
    const source = { 'deploy/api.yaml': 'hunter2' };
    const one = complianceReport([controlResult({ status: 'findings', findings: [secret] })]);
    expect(complianceHtml(one, context(source))).not.toContain('hunter2');
    expect(complianceMarkdown(one, context(source))).not.toContain('hunter2');
  });

  test('lets no text of a stranger be markup or steer a log', () => {
    const printed = print(hostile);
    expect(printed).not.toContain('##[');
    // Inline code of Markdown shows what it holds.
    const rest = printed.replace(/`[^`\n]*`/g, '');
    expect(rest.match(/<img|<!-- plimsoll|<\/details><\/table>/)).toBeNull();
    expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202e\ufeff]/u);
    expect(printed.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([]);
  });

  test('is the same for the same report', () => {
    expect(print(structuredClone(full))).toBe(text);
  });
});

/** A surface's text as its reader sees it. */
function plain(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/<\/?span>|\u200b/g, '');
}

describe('HTML', () => {
  const html = complianceHtml(full, context());

  test('loads nothing and runs nothing', () => {
    expect(html).toMatch(
      /default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'/,
    );
    expect(html).not.toMatch(
      /<(?:script|link|img|iframe|object|base|form)\b|@import|url\(|\sstyle=|\son\w+=/i,
    );
  });

  test('is well-formed', () => {
    const open: string[] = [];
    for (const [, close, name = '', rest = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
      if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue;
      if (close) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('links to what is there', () => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(html).toContain('href="https://ghe.example/acme/shop/blob/0123abc/deploy/api.yaml#L1"');
  });

  test('has a bar whose parts make up the whole', () => {
    const [first = ''] = html.match(/<svg class="bar".*?<\/svg>/) ?? [];
    const widths = [...first.matchAll(/ width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(5);
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(100);
    expect(first).toContain(
      'aria-label="1 with findings, 1 waived, 1 passed, 1 not applicable, 1 not assessed"',
    );
  });
});

describe('JSON', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true })
    .addSchema(read('report'))
    .compile(read('compliance'));
  const problemsOf = (value: unknown) => {
    validate(value);
    return validate.errors ?? [];
  };
  const { revision: _, ...outsideGit } = full;

  test.each<[string, ComplianceReport]>([
    ['with every status', full],
    ['outside Git', outsideGit],
    ['with hostile texts', { ...hostile, path: '.' }],
  ])('%s is as the schema says', (_, value) => {
    expect(problemsOf(JSON.parse(complianceJson(value)))).toEqual([]);
  });

  test('of every framework is as the schema says', async () => {
    expect(problemsOf(JSON.parse(complianceJson(await everything())))).toEqual([]);
  });

  test('lists each finding once, and controls name it', () => {
    const { findings, frameworks } = JSON.parse(complianceJson(full));
    expect(findings.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).toEqual([
      open.fingerprint,
      inFile.fingerprint,
      waived.fingerprint,
    ]);
    expect(frameworks[0].controls[0]).toEqual({
      id: 'CC6.1',
      title: 'Logical access is secured',
      section: 'Logical and physical access',
      status: 'findings',
      rules: ['pod/privileged'],
      idle: [],
      lookedAt: [{ kind: 'Deployment', objects: 2 }],
      findings: [open.fingerprint, inFile.fingerprint],
      waived: [waived.fingerprint],
    });
  });

  const value = JSON.parse(complianceJson(full));
  const without = (key: string) => ({ ...value, [key]: undefined });
  test.each([
    ...Object.keys(value)
      .filter((key) => key !== 'revision')
      .map((key): [string, unknown] => [`without ${key}`, JSON.parse(JSON.stringify(without(key)))]),
    ['with another version', { ...value, version: 2 }],
    ['with a surplus', { ...value, surplus: 1 }],
    ['without frameworks', { ...value, frameworks: [] }],
    ['with another status', JSON.parse(JSON.stringify(value).replace('"passed"', '"satisfied"'))],
  ])('the schema rejects a report %s', (_, wrong) => {
    expect(problemsOf(wrong)).not.toEqual([]);
  });
});

describe('complianceSummary', () => {
  test('has a line for each framework, with counts and the worst controls', () => {
    const text = complianceSummary(full, 'It is in the artifact.');
    expect(text).toContain('It is in the artifact.');
    expect(text).toContain(
      '| SOC 2 Trust Services Criteria | 1 | 1 | 1 | 1 | 1 | CC6.1 Logical access is secured: 2 findings, worst critical |',
    );
  });

  test('puts the worst first, and is short whatever there is', async () => {
    const { frameworks } = await everything();
    const against = frameworks.map((framework) => ({
      ...framework,
      controls: framework.controls.map((result, index) => ({
        ...result,
        status: 'findings' as const,
        findings: Array.from({ length: index + 1 }, () =>
          finding({ severity: index === 1 ? 'critical' : 'low' }),
        ),
      })),
    }));
    const text = complianceSummary({ ...full, frameworks: against }, '');
    const [soc2 = ''] = text.split('\n').filter((line) => line.includes('SOC 2'));
    expect(soc2).toMatch(
      /\| CC1\.2 .*: 2 findings, worst critical<br>.*: 61 findings, worst low<br>.*: 60 findings/,
    );
    expect(Buffer.byteLength(text)).toBeLessThan(frameworks.length * 1024);
  });
});
