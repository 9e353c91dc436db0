import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ruleHead, ruleIndex, ruleSchemas } from '../src/report/rule-page.ts';
import { rules } from '../src/rules/index.ts';
import { checkFiles, expectations, fixturesOf, kubernetesVersion } from './fixtures.ts';

/** Where each finding is, as `file:line rule`. */
async function found(files: Readonly<Record<string, string>>, rule: string): Promise<string[]> {
  const version = kubernetesVersion(files);
  const report = await checkFiles(files, { only: rule, 'kubernetes-version': version });
  expect(report.notices).toEqual([]);
  // What cannot be checked has no findings, whatever the rule says of it.
  if (report.findings.length === 0 && Object.keys(files).length === 1)
    expect(report.coverage.notChecked.filter(({ status }) => status === 'failed')).toEqual([]);
  return report.findings.map(({ location, rule: id }) => `${location.file}:${location.line} ${id}`);
}

describe.each(rules.map(({ id }) => id))('%s', (id) => {
  const fixtures = fixturesOf(id);

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, { files }) => {
    const expected = Object.entries(files).flatMap(([file, text]) =>
      expectations(text).map((line) => `${file}:${line}`),
    );
    // Several findings on one line need one comment.
    expect([...new Set(await found(files, id))].sort()).toEqual(expected.sort());
  });

  test('has a fixture with findings and one without', () => {
    const lines = fixtures.map(({ files }) => Object.values(files).flatMap(expectations).length);
    expect(lines).toContain(0);
    expect(Math.max(...lines)).toBeGreaterThan(0);
  });

  test('has a page whose examples are true', async () => {
    const page = readFileSync(`docs/rules/${id}.md`, 'utf8');
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Why', 'Bad', 'Good', 'How to fix', 'When not to use it']);
    const [bad = '', good = ''] = ['Bad', 'Good'].map((heading) => example(page, heading));
    expect(await found(filesOf(bad), id)).not.toEqual([]);
    expect(await found(filesOf(good), id)).toEqual([]);
  });

  test('has a page with its head', () => {
    const rule = rules.find((each) => each.id === id);
    if (rule === undefined) throw new Error('no such rule');
    // `npm run docs` writes it.
    expect(readFileSync(`docs/rules/${id}.md`, 'utf8').split('\n\n## Why')[0]).toBe(ruleHead(rule));
  });

  test('says everything about itself', () => {
    const rule = rules.find((each) => each.id === id);
    expect(rule?.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(rule?.why).toMatch(/^[A-Z].*\.$/s);
    expect(rule?.remedy).toMatch(/^[A-Z].*\.$/s);
    expect(rule?.messages).not.toEqual({});
  });
});

/** The first YAML block under a heading of a page. */
function example(page: string, heading: string): string | undefined {
  return new RegExp(`^## ${heading}\\n[\\s\\S]*?\`\`\`yaml\\n([\\s\\S]*?)\`\`\``, 'm').exec(page)?.[1];
}

/** The files of an example: each has its name in a comment above it, such as `# kustomization.yaml`; one alone needs none. */
function filesOf(text: string): Record<string, string> {
  const [, ...named] = text.split(/^# (\S+\.yaml)\n/m);
  if (named.length === 0) return { 'example.yaml': text };
  const files: Record<string, string> = {};
  for (let at = 0; at < named.length; at += 2) files[named[at] ?? ''] = named[at + 1] ?? '';
  return files;
}

describe('the registry', () => {
  const ids = rules.map(({ id }) => id);

  test.each([
    ['src/rules', '.ts'],
    ['docs/rules', '.md'],
    ['__fixtures__/rules', ''],
  ])('has all of %s', (root, extension) => {
    const families = readdirSync(root).filter((name) => statSync(`${root}/${name}`).isDirectory());
    const there = families.flatMap((family) =>
      readdirSync(`${root}/${family}`).map(
        (name) => `${family}/${name.slice(0, name.length - extension.length)}`,
      ),
    );
    expect(there.sort()).toEqual([...ids].sort());
  });

  test('has its index written', () => {
    expect(readFileSync('docs/rules/README.md', 'utf8')).toBe(ruleIndex(rules));
  });

  test('has its options in the schema of the config', () => {
    const schema = JSON.parse(readFileSync('schemas/config.schema.json', 'utf8'));
    expect(schema.properties.rules.properties).toEqual(ruleSchemas(rules));
  });

  test('has each rule in the file that is named after it', () => {
    expect(ids.filter((id) => !existsSync(`src/rules/${id}.ts`))).toEqual([]);
    for (const { id } of rules) expect(readFileSync(`src/rules/${id}.ts`, 'utf8')).toContain(`id: '${id}'`);
  });
});
