import { describe, expect, test } from '@jest/globals';
import { commentMarkdown, commentMarker, hasSomethingToSay } from '../../src/report/comment.ts';
import { context, finding, hostileTexts, manyFindings, report } from './report-builder.ts';

const url = 'https://ghe.example/acme/shop/blob/0123abc/deploy/api.yaml';
const where = (name: string) =>
  `\`Deployment shop/${name}\`<br>container \`app\`<br>[\`deploy/api.yaml\`](${url})`;
const found = (severity: string, line: number) =>
  `**${severity}** [line ${line}](${url}#L${line}): Container app runs privileged. ${rule}`;
const rule =
  '[`pod/privileged`](https://github.com/plimsoll-dev/plimsoll/blob/main/docs/rules/pod/privileged.md)';

const comment = (of: Parameters<typeof report>[0]) =>
  commentMarkdown(report(of), context(), { id: 'plimsoll' });

describe('commentMarker', () => {
  test.each([
    ['plimsoll', '<!-- plimsoll:plimsoll -->'],
    ['staging_2.b', '<!-- plimsoll:staging_2.b -->'],
    ['a b', '<!-- plimsoll:a%20b -->'],
    ['a%20b', '<!-- plimsoll:a%2520b -->'],
    ['--> <b>', '<!-- plimsoll:-%2D%3E%20%3Cb%3E -->'],
    ['a\nb', '<!-- plimsoll:a%0Ab -->'],
    ['\ud800', '<!-- plimsoll:%EF%BF%BD -->'],
  ])('of %j', (id, expected) => {
    expect(commentMarker(id)).toBe(expected);
  });

  test('is short for a long id', () => {
    expect(commentMarker('🚢'.repeat(10_000)).length).toBeLessThan(700);
  });
});

describe('hasSomethingToSay', () => {
  const suppressed = { by: 'comment', reason: 'known' } as const;
  test.each([
    ['nothing', [], 'high', false],
    ['milder findings', [finding({ severity: 'medium' })], 'high', false],
    ['a deciding finding', [finding({ severity: 'medium' })], 'medium', true],
    ['a high finding that decides nothing', [finding({ severity: 'high' })], 'never', true],
    ['a suppressed finding', [finding({ suppressed })], 'high', false],
    ['a finding outside the change', [finding({ state: 'existing' })], 'high', false],
  ] as const)('%s', (_, findings, failOn, expected) => {
    expect(hasSomethingToSay(report({ findings, verdict: { failOn } }))).toBe(expected);
  });
});

describe('commentMarkdown', () => {
  test('says all clear in one line', () => {
    expect(comment({})).toBe(
      '<!-- plimsoll:plimsoll -->\n### Plimsoll · Passed: no findings. Checked 41 objects in 12 files.\n',
    );
  });

  test('shows the objects with what decides, the worst first, and folds the rest', () => {
    const on = (name: string, changes: Parameters<typeof finding>[0]) =>
      finding({
        ...changes,
        object: {
          ...finding().object,
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name,
          container: 'app',
        },
      });
    const findings = [
      on('api', { severity: 'low', location: { line: 2 } }),
      on('api', { severity: 'high', location: { line: 3 } }),
      on('web', { severity: 'medium', location: { line: 14 } }),
      on('db', { severity: 'critical', location: { line: 25 } }),
      on('old', { state: 'existing', location: { line: 36 } }),
      on('known', { suppressed: { by: 'comment', reason: 'known' }, location: { line: 47 } }),
    ];
    expect(comment({ findings })).toBe(`<!-- plimsoll:plimsoll -->
### Plimsoll · Failed: 2 findings at high or above (1 critical, 1 high); 2 milder, 1 suppressed, 1 more in files this change does not touch. Checked 41 objects in 12 files.

| Where | Findings |
| --- | --- |
| ${where('db')} | ${found('critical', 25)}<br>**Fix:** Set securityContext.privileged to false, or remove it. |
| ${where('api')} | ${found('high', 3)}<br>${found('low', 2)} |

<details><summary>1 more finding</summary>

| Where | Findings |
| --- | --- |
| ${where('web')} | ${found('medium', 14)} |

</details>

To accept a finding, write \`# plimsoll-ignore <rule>: <reason>\` above its line. More is in the job summary.
`);
  });

  test('a container is a row, and so is what is about its object', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', name: 'api' };
    const rows = comment({
      findings: [
        finding({ object: { ...object, container: 'app' }, severity: 'medium' }),
        finding({ object: { ...object, container: 'app' }, severity: 'critical' }),
        finding({ object, severity: 'high' }),
        finding({ object: { ...object, container: 'proxy' }, severity: 'low' }),
        finding({ object, location: { file: 'other.yaml' } }),
      ],
    })
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        [/container `(\w+)`/.exec(line)?.[1], ...line.matchAll(/\*\*(?!Fix)(\w+)/g)].map(String),
      );
    expect(rows).toEqual([
      ['app', '**critical,critical', '**medium,medium'],
      ['undefined', '**high,high'],
      ['proxy', '**low,low'],
      ['undefined', '**critical,critical'],
    ]);
  });

  test('many findings on one container are several rows', () => {
    const findings = Array.from({ length: 25 }, (_, index) => finding({ location: { line: index + 1 } }));
    const rows = comment({ findings })
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.map((line) => line.match(/\*\*critical/g)?.length)).toEqual([10, 10, 5]);
  });

  test('folds milder findings when nothing decides', () => {
    const text = comment({ findings: [finding({ severity: 'low' })] });
    expect(text).toContain('Passed: nothing at high or above; 1 milder.');
    expect(text).toContain('<details><summary>1 more finding</summary>');
    expect(text).not.toContain('To accept');
  });

  test.each([
    ['of all severities', manyFindings(20_000)],
    ['that are all critical', manyFindings(20_000, ['critical'])],
    ['that are all info', manyFindings(20_000, ['info'])],
    [
      'with hostile names',
      manyFindings(2000).map((each) => ({
        ...each,
        message: '$🚢|`<@x'.repeat(1000),
        location: { ...each.location, file: '\u202e|'.repeat(2000) },
      })),
    ],
  ])('many findings %s stay within 65,000 UTF-16 units', (_, findings) => {
    const text = comment({ findings });
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text.length).toBeGreaterThan(55_000);
    expect(text.startsWith('<!-- plimsoll:plimsoll -->\n')).toBe(true);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.split('\n').filter((line) => line.startsWith('|') && !line.endsWith(' |'))).toEqual([]);
    expect(text).not.toMatch(/\p{Cs}/u);
    const shown = text.match(/\*\*(?:critical|high|medium|low|info)\*\*/g)?.length ?? 0;
    const left = [...text.matchAll(/^(\d+) more in the job summary\.$/gm)];
    expect(shown + left.reduce((sum, [, number]) => sum + Number(number), 0)).toBe(findings.length);
  });

  test.each(hostileTexts.map((text) => [text]))(
    'hostile text %j neither ends the table nor pings',
    (text) => {
      const body = comment({ findings: [finding({ message: text, location: { file: text } })] });
      const lines = body.split('\n');
      expect(lines).toHaveLength(comment({ findings: [finding()] }).split('\n').length);
      expect(body.match(/<!--/g)).toHaveLength(text.includes('<!--') ? 2 : 1);
      expect(lines[5]?.replace(/`[^`]*`/g, '').match(/\|/g)).toHaveLength(3);
      expect(lines[5]?.replace(/`[^`]*`|\]\([^)]*\)/g, '')).not.toMatch(/@\w|<!--|<\/details|:\/\//);
    },
  );
});
