import { expect, test } from '@jest/globals';
import { check } from '../../src/check.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { memoryTree } from '../../src/files/memory.ts';
import privileged from '../../src/rules/pod/privileged.ts';
import { defineRule } from '../../src/rules/rule.ts';
import { shippedEngine } from '../fixtures.ts';

const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop}
spec:
  containers:
    - {name: web, image: 'example.com/web:1', securityContext: {privileged: true}}
`;

const broken = defineRule({
  ...privileged,
  id: 'pod/broken',
  messages: {},
  check({ manifest }) {
    throw new TypeError(`cannot read ${manifest.name}`);
  },
});

test('a rule that throws is one finding of its own and hides no other', async () => {
  const rules = [broken, privileged];
  const { report } = await check({
    tree: memoryTree({ 'a.yaml': pod('a'), 'b.yaml': pod('b') }),
    settings: resolveSettings({}, { config: {} }, []),
    rules,
    engine: () => shippedEngine,
    today: '2026-01-01',
    version: '0.0.0',
  });
  expect(
    report.findings.map(({ rule, severity, location: { file, line } }) => [rule, severity, file, line]),
  ).toEqual([
    ['internal/rule-broken', 'internal', 'a.yaml', 1],
    ['pod/privileged', 'critical', 'a.yaml', 6],
    ['pod/privileged', 'critical', 'b.yaml', 6],
  ]);
  expect(report.findings[0]?.message).toBe(
    'The rule pod/broken broke on this object and on 1 more, so what it looks for was not checked there (TypeError). Please report this to the authors of Plimsoll.',
  );
  expect(report.verdict.bySeverity).toEqual({
    critical: 2,
    high: 0,
    medium: 0,
    low: 0,
    info: 0,
    internal: 1,
  });
});
