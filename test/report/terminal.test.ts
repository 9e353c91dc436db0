import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { terminalReport } from '../../src/report/terminal.ts';
import { context, fileFinding, finding, hostileTexts, manyFindings, report } from './report-builder.ts';

const api = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: app
          securityContext:
            privileged: true
`;

const onName = { line: 9, column: 11, endColumn: 15 };

function print(
  of: Parameters<typeof report>[0],
  source: Record<string, string> = {},
  verbose = false,
): string[] {
  return terminalReport(report(of), context(source), { color: false, verbose }).split('\n');
}

describe('terminalReport', () => {
  test('groups by file, object and place; explains a rule once in a file', () => {
    const rule = 'pod/run-as-non-root';
    const lines = print(
      {
        findings: [
          finding({ rule, severity: 'high', message: 'Container app may run as root.', location: onName }),
          finding({ rule: 'pod/other', severity: 'low', message: 'Container app is odd.', location: onName }),
          finding({
            location: { line: 11, column: 13, endColumn: 29 },
            related: [{ ...finding().location, file: 'deploy/base.yaml', line: 3, message: 'used here' }],
          }),
          finding({
            rule,
            severity: 'high',
            message: 'Container web may run as root.',
            object: { apiVersion: 'v1', kind: 'Pod', name: 'web' },
            location: { line: 20 },
          }),
          fileFinding({
            severity: 'high',
            message: 'A key stands twice.',
            location: { file: 'z.yaml', line: 7 },
          }),
        ],
      },
      { 'deploy/api.yaml': api },
    );
    expect(lines).toEqual([
      'deploy/api.yaml',
      '  Deployment shop/api, container app',
      '    9:11   high      Container app may run as root.  pod/run-as-non-root',
      '                     Fix: Set securityContext.runAsNonRoot to true.',
      '           low       Container app is odd.  pod/other',
      '           9 | - name: app',
      '             |   ^^^^',
      '    11:13  critical  Container app runs privileged.  pod/privileged',
      '                     Fix: Set securityContext.privileged to false, or remove it.',
      '           11 | privileged: true',
      '              | ^^^^^^^^^^^^^^^^',
      '           see deploy/base.yaml:3:1: used here',
      '  Pod web',
      '    20:1  high      Container web may run as root.  pod/run-as-non-root',
      '',
      'z.yaml',
      '    7:1  high      A key stands twice.  schema/yaml-invalid',
      '',
      'Failed: 4 findings at high or above (1 critical, 3 high); 1 milder. Checked 41 objects in 12 files.',
      '',
    ]);
  });

  test('what is about the pod comes before its containers', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', name: 'web' };
    const on = (line: number, container?: string) =>
      finding({
        rule: 'pod/other',
        message: 'It is odd.',
        object: { ...object, ...(container !== undefined && { container }) },
        location: { line },
      });
    expect(print({ findings: [on(7, 'a'), on(8), on(9, 'b'), on(10, 'a')] }, {}, true).slice(0, 8)).toEqual([
      'deploy/api.yaml',
      '  Pod web',
      '    8:1  critical  It is odd.  pod/other',
      '    container a',
      '      7:1   critical  It is odd.  pod/other',
      '      10:1  critical  It is odd.  pod/other',
      '    container b',
      '      9:1  critical  It is odd.  pod/other',
    ]);
  });

  test('keeps the order of the lines, whatever their rules', () => {
    const findings = [
      finding({ location: { line: 3 } }),
      finding({ rule: 'pod/host-path', location: { line: 10 } }),
      finding({ location: { line: 20 } }),
    ];
    const places = print({ findings }).flatMap((line) => /^ {4}(\d+):/.exec(line)?.[1] ?? []);
    expect(places).toEqual(['3', '10', '20']);
  });

  test('folds all but three findings of a rule in a file, unless verbose', () => {
    const findings = [
      ...Array.from({ length: 5 }, (_, index) =>
        finding({ rule: 'pod/host-path', location: { line: 10 + index } }),
      ),
      finding({ rule: 'pod/host-path', location: { line: 14, column: 3 } }),
      finding({ rule: 'pod/host-path', location: { file: 'other.yaml', line: 1 } }),
    ];
    expect(print({ findings })).toContain('  and 3 more of pod/host-path in this file: lines 13, 14');
    expect(print({ findings }).filter((line) => line.includes('critical  '))).toHaveLength(4);
    expect(print({ findings }, {}, true).filter((line) => line.includes('critical  '))).toHaveLength(7);
    expect(print({ findings }, {}, true).join('\n')).not.toContain('more of');
  });

  test('names at most twenty lines of folded findings', () => {
    const findings = Array.from({ length: 30 }, (_, index) => finding({ location: { line: index + 1 } }));
    const lines = Array.from({ length: 20 }, (_, index) => index + 4).join(', ');
    expect(print({ findings })).toContain(`  and 27 more of pod/privileged in this file: lines ${lines}, …`);
  });

  test('only counts suppressed and existing findings', () => {
    const lines = print({
      findings: [
        finding({ suppressed: { by: 'comment', reason: 'known' } }),
        finding({ state: 'existing', location: { file: 'old.yaml' } }),
      ],
    });
    expect(lines).toEqual([
      'Passed: no findings in files this change touches; 1 suppressed, 1 in files it does not touch. Checked 41 objects in 12 files.',
      '',
    ]);
  });

  test.each<[string, Parameters<typeof finding>[0]]>([
    ['the sensitive finding', { rule: 'secrets/plaintext-secret', sensitive: true }],
    ['another finding on the line', {}],
  ])('never shows a line that holds a secret: %s', (_, changes) => {
    const location = { file: 's.yaml', line: 2, column: 3, endColumn: 11 };
    const secret = finding({
      rule: 'secrets/plaintext-secret',
      sensitive: true,
      location: { ...location, column: 13, endColumn: 20 },
      suppressed: { by: 'comment', reason: 'a test' },
    });
    const lines = print(
      { findings: [secret, finding({ ...changes, location })] },
      { 's.yaml': 'data:\n  password: hunter2\n' },
    );
    expect(lines).toContain('         2 | <hidden>');
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test('never shows the related place or a later line of a secret', () => {
    const secret = finding({
      sensitive: true,
      location: { file: 's.yaml', line: 1, endLine: 2 },
      related: [{ ...finding().location, file: 't.yaml', line: 1, message: 'used here' }],
    });
    const lines = print(
      {
        findings: [
          secret,
          finding({ location: { file: 's.yaml', line: 2 } }),
          finding({ location: { file: 't.yaml', line: 1 } }),
        ],
      },
      { 's.yaml': 'x: |\n  hunter2', 't.yaml': 'y: hunter2' },
    );
    expect(lines.filter((line) => line.endsWith('<hidden>'))).toHaveLength(3);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test('shows no source when only the file is known', () => {
    const lines = print(
      { findings: [finding({ location: { precision: 'file' } })] },
      { 'deploy/api.yaml': api },
    );
    expect(lines.join('\n')).not.toContain('apiVersion');
  });

  test('marks the first line of a place of several lines to its end', () => {
    const location = { line: 10, column: 11, endLine: 11, endColumn: 29 };
    const lines = print({ findings: [finding({ location })] }, { 'deploy/api.yaml': api });
    expect(lines).toContain('           10 | securityContext:');
    expect(lines).toContain('              | ^^^^^^^^^^^^^^^^');
  });

  test('says what was not checked, what has no schema, and the notices', () => {
    const reason =
      'Part of the chart charts/api, which was not rendered: The subchart db is not in the repository.';
    const templates = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(
      (name) =>
        ({ file: `charts/${name}.yaml`, status: 'failed', cause: 'missing-dependency', reason }) as const,
    );
    const lines = print({
      files: { failed: 8, excluded: 1 },
      coverage: {
        notChecked: [
          ...templates,
          { file: 'x.yaml', status: 'failed', cause: 'unreadable', reason: 'Not read: named pipe.' },
          { file: 'y.yaml', status: 'excluded', cause: 'config-exclude', reason: 'Excluded by y*.' },
        ],
        unknownKinds: [{ apiVersion: 'example.com/v1', kind: 'Widget', objects: 3 }],
      },
      notices: [
        { message: 'The waiver matches nothing.', file: '.plimsoll.yaml', line: 12 },
        { message: 'No git here.' },
      ],
    });
    expect(lines).toEqual([
      'Not checked',
      '  7 files: parts of charts whose dependencies are not here',
      `    charts/a.yaml: ${reason}`,
      '    charts/b.yaml',
      '    charts/c.yaml',
      '    charts/d.yaml',
      '    charts/e.yaml',
      '    and 2 more',
      '  1 file: unreadable',
      '    x.yaml: Not read: named pipe.',
      '  1 file: excluded by the config',
      '    y.yaml: Excluded by y*.',
      '',
      'Fields not validated, no schema for the kind',
      '  example.com/v1 Widget: 3 objects',
      '',
      'Notices',
      '  .plimsoll.yaml:12: The waiver matches nothing.',
      '  No git here.',
      '',
      'Passed: no findings. Checked 41 objects in 12 files; 8 files could not be checked.',
      '',
    ]);
  });

  test('cuts source lines to the width', () => {
    const source = { 'deploy/api.yaml': `args: [${'x'.repeat(300)}]` };
    const text = terminalReport(report({ findings: [finding()] }), context(source), {
      color: false,
      width: 60,
    });
    expect(text.split('\n').filter((line) => line.includes(' | '))).toEqual([
      `         1 | args: [${'x'.repeat(38)}…`,
      '           | ^^^^',
    ]);
  });

  test('colour adds nothing but colour', () => {
    const value = report({ findings: [finding({ location: { line: 11 } })] });
    const source = context({ 'deploy/api.yaml': api });
    const plain = terminalReport(value, source, { color: false });
    const colored = terminalReport(value, source, { color: true });
    expect(colored).toContain('\u001b[31m');
    expect(plain).not.toContain('\u001b');
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  test.each(hostileTexts.map((text) => [text]))(
    'hostile text %j steers neither terminal nor runner',
    (text) => {
      const location = { ...finding().location, file: text };
      const value = report({
        findings: [
          finding({
            message: text,
            object: { apiVersion: text, kind: text, namespace: text, name: text },
            location,
            related: [{ ...location, message: text }],
          }),
        ],
        coverage: {
          notChecked: [{ file: text, status: 'failed', cause: 'limit', reason: text }],
          unknownKinds: [{ apiVersion: text, kind: text, objects: 1 }],
        },
        notices: [{ message: text }, { message: text, file: text }],
      });
      const benign = JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(text), '"x"'));
      const source = (file: string) => context({ [file]: text.replaceAll('\n', ' ') });
      const lines = terminalReport(value, source(text), { color: false }).split('\n');
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}]|^\s*::|##\[/u.test(line))).toEqual([]);
      expect(lines).toHaveLength(terminalReport(benign, source('x'), { color: false }).split('\n').length);
    },
  );

  test('of 20,000 findings the worst 300, unless verbose', () => {
    const findings = manyFindings(20_000);
    const lines = print({ findings });
    const severities = lines.map(
      (line) => /^ {4,}(?:\d+:\d+)? +(critical|high|medium|low|info) /.exec(line)?.[1],
    );
    expect(new Set(severities.filter(Boolean))).toEqual(new Set(['critical']));
    expect(lines.length).toBeLessThan(3_000);
    expect(lines).toContainEqual(
      'Not shown: 19700 findings of 20000, none worse than those above (--verbose shows all)',
    );
    expect(lines.at(-2)).toMatch(/^Failed: 8000 findings/);
    const all = print({ findings }, undefined, true);
    expect(all.filter((line) => line.startsWith('clusters/'))).toHaveLength(2000);
    expect(all.join('\n')).not.toContain('Not shown');
  });
});
