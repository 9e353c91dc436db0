import { describe, expect, test } from '@jest/globals';
import { annotations } from '../../src/report/annotations.ts';
import { context, fileFinding, finding, hostileTexts, manyFindings, report } from './report-builder.ts';

const privileged = 'https://github.com/plimsoll-dev/plimsoll/blob/main/docs/rules/pod/privileged.md';

function annotate(
  of: Parameters<typeof report>[0],
  changed?: Record<string, readonly (readonly [number, number])[]>,
) {
  const options = changed === undefined ? {} : { changedLines: new Map(Object.entries(changed)) };
  return annotations(report(of), context(), options);
}

const places = (of: ReturnType<typeof annotate>) => of.map(({ file, startLine }) => `${file}:${startLine}`);

describe('annotations', () => {
  test('say what is wrong, why, what to do and where to read on', () => {
    expect(annotate({ findings: [finding({ location: { line: 11, column: 13, endColumn: 29 } })] })).toEqual([
      {
        level: 'error',
        file: 'deploy/api.yaml',
        startLine: 11,
        endLine: 11,
        startColumn: 13,
        endColumn: 29,
        title: 'Container runs privileged (critical)',
        message: `Deployment shop/api: Container app runs privileged.
A privileged container has all capabilities and all devices of the node.
Fix: Set securityContext.privileged to false, or remove it.
${privileged}`,
      },
    ]);
  });

  test('have no columns when they are on several lines', () => {
    const [annotation] = annotate({ findings: [finding({ location: { line: 3, endLine: 5 } })] });
    expect(annotation).toMatchObject({ startLine: 3, endLine: 5 });
    expect(annotation).not.toHaveProperty('startColumn');
    expect(annotation).not.toHaveProperty('endColumn');
  });

  test('do without what an internal finding lacks', () => {
    const [annotation] = annotate({
      findings: [fileFinding({ rule: 'internal/failed', severity: 'high', message: 'It broke.' })],
    });
    expect(annotation).toMatchObject({ title: 'internal/failed (high)', message: 'It broke.' });
  });

  test.each([
    ['high', ['critical error', 'high error']],
    ['critical', ['critical error', 'high warning']],
    ['medium', ['critical error', 'high error', 'medium error']],
    ['never', ['critical warning', 'high warning']],
  ] as const)('fail-on %s shows what decides and what is critical or high', (failOn, expected) => {
    const findings = (['critical', 'high', 'medium', 'low', 'info'] as const).map((severity, index) =>
      finding({ rule: `pod/${severity}`, severity, location: { line: index + 1 } }),
    );
    const shown = annotate({ findings, verdict: { failOn } });
    expect(shown.map(({ title, level }) => `${/\((.*)\)/.exec(title)?.[1]} ${level}`)).toEqual(expected);
  });

  test('leave out suppressed and existing findings', () => {
    const findings = [
      finding({ suppressed: { by: 'comment', reason: 'known' } }),
      finding({ state: 'existing', location: { line: 2 } }),
    ];
    expect(annotate({ findings })).toEqual([]);
  });

  test('are one for a line, as severe as its worst finding', () => {
    const findings = [
      finding({
        rule: 'pod/run-as-non-root',
        severity: 'high',
        message: 'It may run as root.',
        location: { line: 4 },
      }),
      finding({ location: { line: 4, column: 9 } }),
      finding({ location: { line: 5 } }),
    ];
    const shown = annotate({ findings });
    expect(places(shown)).toEqual(['deploy/api.yaml:4', 'deploy/api.yaml:5']);
    expect(shown[0]).toMatchObject({ title: '2 findings, the worst is critical', startColumn: 9 });
    expect(shown[0]?.message.split('\n\n').map((text) => text.split('\n')[0])).toEqual([
      'Deployment shop/api: Container app runs privileged.',
      'Deployment shop/api: It may run as root.',
    ]);
  });

  test('join at most ten findings of a line', () => {
    const [annotation] = annotate({
      findings: Array.from({ length: 500 }, () => finding({ message: '🚢'.repeat(5000) })),
    });
    expect(annotation?.message).toMatch(/\n\n490 more on this line: see the summary\.$/);
    expect(Buffer.byteLength(annotation?.message ?? '')).toBeLessThan(65_536);
  });

  test('come by severity, then nearness to the change, then file and line', () => {
    const at = (file: string, line: number, severity: 'critical' | 'high' = 'high') =>
      finding({ severity, location: { file, line } });
    const findings = [
      at('a.yaml', 1),
      at('a.yaml', 2, 'critical'),
      at('b.yaml', 5),
      at('b.yaml', 12),
      at('b.yaml', 24),
      at('b.yaml', 40),
      at('c.yaml', 7),
    ];
    const changed = {
      'b.yaml': [
        [10, 14],
        [30, 30],
      ],
      'c.yaml': [],
    } as const;
    expect(places(annotate({ findings }, changed))).toEqual([
      'a.yaml:2',
      'b.yaml:12',
      'b.yaml:5',
      'b.yaml:24',
      'b.yaml:40',
      'a.yaml:1',
      'c.yaml:7',
    ]);
    expect(places(annotate({ findings }))).toEqual([
      'a.yaml:2',
      'a.yaml:1',
      'b.yaml:5',
      'b.yaml:12',
      'b.yaml:24',
      'b.yaml:40',
      'c.yaml:7',
    ]);
  });

  test('are ten when there are ten', () => {
    const findings = Array.from({ length: 10 }, (_, index) => finding({ location: { line: index + 1 } }));
    expect(annotate({ findings }).map(({ title }) => title)).toEqual(
      Array(10).fill('Container runs privileged (critical)'),
    );
  });

  test('say in the tenth how many more there are and where', () => {
    const files = ['a', 'b', 'b', 'c', 'd', 'e', 'f', 'g'];
    const findings = [
      ...Array.from({ length: 9 }, (_, index) => finding({ location: { file: '0.yaml', line: index + 1 } })),
      ...files.map((file, index) => finding({ location: { file: `${file}.yaml`, line: index + 1 } })),
    ];
    const shown = annotate({ findings });
    expect(shown).toHaveLength(10);
    expect(shown[9]).toEqual({
      level: 'error',
      file: 'a.yaml',
      startLine: 1,
      endLine: 1,
      title: '8 more findings, not annotated',
      message:
        '8 more findings in a.yaml (1), b.yaml (2), c.yaml (1), d.yaml (1), e.yaml (1), 2 more files: see the summary. GitHub shows ten annotations of a kind.',
    });
  });

  test('20,000 findings make ten errors and ten warnings', () => {
    const shown = annotate({ findings: manyFindings(20_000), verdict: { failOn: 'critical' } });
    expect(shown.map(({ level }) => level)).toEqual([
      ...Array(10).fill('error'),
      ...Array(10).fill('warning'),
    ]);
    expect(shown[9]?.message).toMatch(/^3991 more findings in /);
    expect(shown.every(({ title, message }) => title.length <= 255 && message.length < 16_000)).toBe(true);
  });

  test.each(hostileTexts.map((text) => [text]))(
    'hostile text %j is made visible, the path is kept',
    (text) => {
      const [annotation] = annotate({ findings: [finding({ message: text, location: { file: text } })] });
      expect(annotation?.file).toBe(text);
      expect(annotation?.message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(annotation?.message.split('\n')).toHaveLength(4);
    },
  );
});
