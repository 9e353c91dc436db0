import { describe, expect, test } from '@jest/globals';
import { summaryMarkdown } from '../../src/report/summary.ts';
import { context, finding, hostileTexts, manyFindings, report } from './report-builder.ts';

const link = (file: string, line?: number) => {
  const place = line === undefined ? '' : `#L${line}`;
  return `[\`${file}${line === undefined ? '' : `:${line}`}\`](https://ghe.example/acme/shop/blob/0123abc/${file}${place})`;
};
const page = (rule: string) =>
  `[\`${rule}\`](https://github.com/plimsoll-dev/plimsoll/blob/main/docs/rules/${rule}.md)`;
const where = (file: string) => `\`Deployment shop/api\`<br>container \`app\`<br>${link(file)}`;
const line = (file: string, number: number) =>
  `[line ${number}](https://ghe.example/acme/shop/blob/0123abc/${file}#L${number})`;
const found = (severity: string, file: string, number: number) =>
  `**${severity}** ${line(file, number)}: Container app runs privileged. ${page('pod/privileged')}`;

describe('summaryMarkdown', () => {
  test('is one line when there is nothing to tell', () => {
    expect(summaryMarkdown(report(), context())).toBe(
      '## Plimsoll · Passed: no findings. Checked 41 objects in 12 files.\n',
    );
  });

  test('has everything, the worst first', () => {
    const findings = [
      finding({ rule: 'internal/odd', severity: 'low', message: 'It is odd.' }),
      finding({ location: { line: 11 } }),
      finding({
        location: { line: 30 },
        related: [{ ...finding().location, file: 'deploy/base.yaml', line: 3, message: 'used here' }],
      }),
      finding({ severity: 'high', location: { file: 'old.yaml', line: 4 }, state: 'existing' }),
      finding({
        location: { file: 'x.yaml', line: 9 },
        suppressed: { by: 'waiver', reason: 'needs the GPU', owner: '@acme/ml', until: '2027-03-31' },
      }),
    ];
    const value = report({
      findings,
      files: { failed: 1, excluded: 1 },
      coverage: {
        notChecked: [
          { file: 'a.yaml', status: 'failed', cause: 'unreadable', reason: 'Not read: named pipe.' },
          { file: 'b.yaml', status: 'excluded', cause: 'config-exclude', reason: 'Excluded by b*.' },
          { file: 'c.yaml', status: 'failed', cause: 'unreadable', reason: 'Not read: socket.' },
        ],
        unknownKinds: [{ apiVersion: 'example.com/v1', kind: 'Widget', objects: 3 }],
      },
      notices: [
        { message: 'The waiver matches nothing.', file: '.plimsoll.yaml', line: 12 },
        { message: 'No git here.' },
      ],
    });
    const fix = '<br>**Fix:** Set securityContext.privileged to false, or remove it.';
    expect(summaryMarkdown(value, context())).toBe(`\
## Plimsoll · Failed: 2 findings at high or above (2 critical); 1 milder, 1 suppressed, 1 more in files this change does not touch. Checked 41 objects in 12 files; 1 file could not be checked.

### 1 place with findings up to critical

| Where | Findings |
| --- | --- |
| ${where('deploy/api.yaml')} | ${found('critical', 'deploy/api.yaml', 11)}${fix}<br>${found('critical', 'deploy/api.yaml', 30)}<br>See ${link('deploy/base.yaml', 3)}: used here<br>**low** ${line('deploy/api.yaml', 1)}: It is odd. \`internal/odd\` |

<details><summary>1 finding in files this change does not touch</summary>

| Where | Findings |
| --- | --- |
| ${where('old.yaml')} | ${found('high', 'old.yaml', 4)} |

</details>

<details><summary>3 files not checked</summary>

| File | Cause | Reason |
| --- | --- | --- |
| ${link('a.yaml')} | unreadable | Not read: named pipe. |
| ${link('c.yaml')} | unreadable | Not read: socket. |
| ${link('b.yaml')} | excluded by the config | Excluded by b&#42;. |

</details>

<details><summary>1 kind without a schema: fields not validated</summary>

| Kind | Objects |
| --- | --- |
| \`example.com/v1 Widget\` | 3 |

</details>

<details><summary>1 suppressed finding</summary>

| Place | Rule | Suppressed by | Reason | Owner | Until |
| --- | --- | --- | --- | --- | --- |
| ${link('x.yaml', 9)} | ${page('pod/privileged')} | waiver | needs the GPU | @\u200bacme/ml | 2027-03-31 |

</details>

### 2 notices

| Place | Notice |
| --- | --- |
| ${link('.plimsoll.yaml', 12)} | The waiver matches nothing. |
|  | No git here. |
`);
  });

  test('has no links outside GitHub, and none that are too long', () => {
    const { rule, sourceLine } = context();
    const value = report({ findings: [finding({ rule: 'internal/odd' })] });
    expect(summaryMarkdown(value, { rule, sourceLine })).not.toContain('](');
    expect(
      summaryMarkdown(value, { rule, sourceLine, link: () => `https://x/${'y'.repeat(5000)}` }),
    ).not.toContain('](');
  });

  test('20,000 findings stay within 1,000,000 bytes, cut between rows, with what follows kept', () => {
    const value = report({
      findings: manyFindings(20_000),
      coverage: {
        notChecked: Array.from({ length: 5000 }, (_, index) => ({
          file: `charts/${'ü'.repeat(100)}/${index}.yaml`,
          status: 'failed',
          cause: 'build-broken',
          reason: 'Template of a chart.',
        })),
      },
      notices: [{ message: 'The last word.' }],
    });
    const text = summaryMarkdown(value, context());
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
    expect(text.match(/<details>/g)).toHaveLength(4);
    expect(text.match(/<\/details>/g)).toHaveLength(4);
    expect(text.match(/^\d+ more in the report file\.$/gm)).toHaveLength(6);
    expect(text).toContain('The last word.');
    expect(text.split('\n').filter((line) => line.startsWith('|') && !line.endsWith(' |'))).toEqual([]);
    const shown = text.match(/number \d+ runs privileged/g)?.length ?? 0;
    const left = [...text.matchAll(/^(\d+) more/gm)].reduce((sum, [, number]) => sum + Number(number), 0);
    const files = text.match(/\| parts of charts and overlays that cannot be rendered \|/g)?.length ?? 0;
    expect(shown + files + left).toBe(25_000);
  });

  test.each(hostileTexts.map((text) => [text]))('hostile text %j stays in its cell', (text) => {
    const build = (hostile: string) =>
      report({
        findings: [
          finding({
            message: hostile,
            object: { apiVersion: hostile, kind: hostile, namespace: hostile, name: hostile },
            location: { file: hostile },
            related: [{ ...finding().location, file: hostile, message: hostile }],
          }),
          finding({ suppressed: { by: 'waiver', reason: hostile, owner: hostile, until: hostile } }),
        ],
        coverage: {
          notChecked: [{ file: hostile, status: 'failed', cause: 'limit', reason: hostile }],
          unknownKinds: [{ apiVersion: hostile, kind: hostile, objects: 1 }],
        },
        notices: [{ message: hostile, file: hostile }],
      });
    const skeleton = (hostile: string) =>
      summaryMarkdown(build(hostile), context())
        .replace(/\]\([^)]*\)/g, ']()')
        .replace(/`[^`]*`|<code>.*?<\/code>/g, 'code')
        .replaceAll('<span>$</span>', '')
        .split('\n')
        .map((line) => line.match(/[|<>`]|@\w|:\/\/|\]\(/g)?.join('') ?? '');
    expect(skeleton(text)).toEqual(skeleton('x'));
  });
});
