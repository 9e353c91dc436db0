import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { check } from '../src/check.ts';
import { resolveSettings } from '../src/config/settings.ts';
import { memoryTree } from '../src/files/memory.ts';
import { summaryMarkdown } from '../src/report/summary.ts';
import { terminalReport } from '../src/report/terminal.ts';
import { ruleIds, rules } from '../src/rules/index.ts';
import { shippedEngine } from './fixtures.ts';
import { edited, generator } from './random.ts';

const root = '__fixtures__/rules';
const texts = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => join(root, file))
  .filter((file) => statSync(file).isFile())
  .sort()
  .map((file) => readFileSync(file, 'utf8'));
const pieces = [
  ...[
    'null',
    '[]',
    '{}',
    '"x"',
    '- ',
    ': ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '<<: ',
    '|',
    '>',
    '0',
    'true',
    '"',
    "'",
    '#',
  ],
  ...[
    '{',
    '[',
    '---\n',
    '!!str ',
    '\0',
    '\t',
    '\r\n',
    '1e999',
    '9999999999999999999',
    '__proto__: ',
    'constructor',
  ],
  ...['${X}', '{{ .x }}', '\u2028', '\n::error::x\n', '##[error]', '\u001b[31m'],
];

// Whatever people commit: three manifests with seeded damage are one repository.
test('damaged manifests break neither a run nor a report', async () => {
  const settings = resolveSettings({ 'all-rules': true }, { config: {} }, ruleIds);
  const random = generator(4);
  let findings = 0;
  for (let round = 0; round < 500; round++) {
    const damaged = () => edited(texts[random(texts.length)] ?? '', 8, pieces, random);
    const files = { 'a/1.yaml': damaged(), 'a/2.yaml': damaged(), 'b/3.yaml': damaged() };
    const tree = memoryTree(files);
    const { report, sourceLine } = await check({
      tree,
      settings,
      rules,
      engine: () => shippedEngine,
      today: '2026-01-01',
      version: '0.0.0',
    });
    findings += report.findings.length;

    const { total, checked, notKubernetes, excluded, failed } = report.coverage.files;
    expect(checked + notKubernetes + excluded + failed).toBe(total);
    expect(report.notices.filter(({ message }) => message.includes('broke'))).toEqual([]);
    const misplaced = report.findings.filter(
      ({ location: { line, column, endLine } }) => line < 1 || column < 1 || endLine < line,
    );
    expect(misplaced).toEqual([]);
    const context = { rule: (id: string) => rules.find((rule) => rule.id === id), sourceLine };
    for (const text of [terminalReport(report, context, { color: false }), summaryMarkdown(report, context)])
      expect(text.split('\n').filter((line) => /^\s*::|##\[|\p{Cc}/u.test(line))).toEqual([]);
  }
  expect(findings).toBeGreaterThan(1_000);
});
