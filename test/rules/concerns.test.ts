import { expect, test } from '@jest/globals';
import { check } from '../../src/check.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { memoryTree } from '../../src/files/memory.ts';
import { ruleIds, rules } from '../../src/rules/index.ts';
import { fixturesOf, shippedEngine } from '../fixtures.ts';

const choosy = rules.filter(({ concerns }) => concerns !== undefined).map(({ id }) => id);

test('there are rules that are not about all objects of their kinds', () => {
  expect(choosy.length).toBeGreaterThan(5);
});

test.each(choosy)('what %s finds is in objects that it is about', async (id) => {
  const missed: string[] = [];
  for (const { name, files } of fixturesOf(id))
    for (const [file, text] of Object.entries(files)) {
      const alone = await check({
        tree: memoryTree({ [file]: text }),
        settings: resolveSettings({ only: id }, { config: {} }, ruleIds),
        rules,
        engine: () => shippedEngine,
        today: '2026-01-01',
        version: '0.0.0',
      });
      const found = new Set(alone.report.findings.map(({ object }) => object?.kind));
      for (const kind of found)
        if (!alone.evidence().objects.some((each) => each.kind.split('.')[0] === kind && each.rules.has(id)))
          missed.push(`${name} ${file}: ${kind}`);
    }
  expect(missed).toEqual([]);
});
