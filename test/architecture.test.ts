import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const src = resolve('src');

/** The way of the data: a room imports only from rooms before it. */
const stages = ['files', 'config', 'discover', 'render', 'rules', 'judge', 'report', 'github'];
const libraries = [
  'errors.ts',
  'group-by.ts',
  'severity.ts',
  'version.ts',
  'yaml',
  'kubernetes',
  'compliance',
];
const entries = [
  'action.ts',
  'cli.ts',
  'command.ts',
  'compliance-command.ts',
  'render-command.ts',
  'check.ts',
  'optimizer.ts',
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8');
  const statements = text.matchAll(
    /(?:^|\n)(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g,
  );
  return [...statements].map(([, typeOnly, fixed, dynamic]) => ({
    from,
    to: relative(src, resolve(src, dirname(from), fixed ?? dynamic ?? '')),
    typeOnly: typeOnly !== undefined,
  }));
});

const room = (file: string) => file.split('/')[0] ?? file;

function allowed({ from, to }: Import): boolean {
  const [here, there] = [room(from), room(to)];
  if (here === there) return true;
  if (entries.includes(there)) return entries.includes(here);
  if (entries.includes(here) || libraries.includes(there)) return true;
  if (libraries.includes(here)) return false;
  return stages.indexOf(there) < stages.indexOf(here);
}

describe('the architecture', () => {
  test('every import is seen', () => {
    expect(imports).toContainEqual({ from: 'rules/run.ts', to: 'kubernetes/field.ts', typeOnly: true });
    expect(imports.length).toBeGreaterThan(100);
  });

  test('every room has a place in it', () => {
    const rooms = new Set(files.map(room));
    expect([...rooms].filter((name) => ![...stages, ...libraries, ...entries].includes(name))).toEqual([]);
  });

  test('imports go one way', () => {
    expect(imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('rules, judge, reporters and libraries touch neither files, network nor the process', () => {
    const pure = ['rules', 'judge', 'report', 'yaml', 'kubernetes', 'compliance'];
    const effects =
      /from '(?:node:(?:fs|net|http|https|child_process|process|os)[^']*|@actions\/[^']*)'|(?<![-\w])process\.|\bconsole\./;
    const impure = files.filter(
      (file) => pure.includes(room(file)) && effects.test(readFileSync(join(src, file), 'utf8')),
    );
    expect(impure).toEqual([]);
  });

  test('only github/ and the Action talk to GitHub', () => {
    const talking = files.filter((file) =>
      /'@(?:actions|octokit)\//.test(readFileSync(join(src, file), 'utf8')),
    );
    expect(talking.filter((file) => room(file) !== 'github' && file !== 'action.ts')).toEqual([]);
  });
});
