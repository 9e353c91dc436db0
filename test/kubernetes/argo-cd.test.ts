import { describe, expect, test } from '@jest/globals';
import {
  applicationSources,
  generatorsOf,
  policyLines,
  repositoryKey,
  rolesOf,
} from '../../src/kubernetes/argo-cd.ts';
import { Field } from '../../src/kubernetes/field.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const lines = (data: Record<string, string>) => policyLines(new Field({ data }));

describe('policyLines', () => {
  test.each([
    ['p, role:a, applications, get, */*, allow', ['role:a', 'applications', 'get', '*/*', 'allow']],
    ['  g,  team,role:a  ', ['team', 'role:a']],
    ['g, "team, with ""quotes""", role:a', ['team, with "quotes"', 'role:a']],
    ['p, role:a, applications, get, , allow', ['role:a', 'applications', 'get', '', 'allow']],
  ])('reads %s', (line, tokens) => {
    expect(lines({ 'policy.csv': line }).map((each) => each.tokens)).toEqual([tokens]);
  });

  test.each(['', '# g, team, role:a', 'g, team', 'p, role:a, applications, get', 'x, a, b'])(
    'leaves out %j',
    (line) => {
      expect(lines({ 'policy.csv': line })).toEqual([]);
    },
  );

  test('reads all entries that Argo CD joins', () => {
    const found = lines({ 'policy.csv': 'g, a, b', 'policy.more.csv': 'g, c, d', 'other.csv': 'g, e, f' });
    expect(found.map(({ place, text }) => [place.key, text])).toEqual([
      ['policy.csv', 'g, a, b'],
      ['policy.more.csv', 'g, c, d'],
    ]);
  });
});

describe('rolesOf', () => {
  test('follows roles of roles, also in a circle', () => {
    const policy = lines({ 'policy.csv': 'g, team, one\ng, one, two\ng, two, one\ng, other, three' });
    expect([...rolesOf('team', policy)]).toEqual(['team', 'one', 'two']);
  });
});

describe('generatorsOf', () => {
  test('finds nested generators and no selectors', () => {
    const root = new Field({
      spec: {
        generators: [
          { list: {}, selector: {} },
          { matrix: { generators: [{ git: {} }, { merge: { generators: [{ clusters: {} }] } }] } },
        ],
      },
    });
    expect(generatorsOf(root).map(({ type }) => type)).toEqual([
      'list',
      'matrix',
      'git',
      'merge',
      'clusters',
    ]);
  });
});

describe('applicationSources', () => {
  const source = { repoURL: 'https://git.example.com/a' };
  test.each([
    ['Application', { source }, 1],
    ['Application', { sources: [source, source] }, 2],
    ['ApplicationSet', { template: { spec: { source } } }, 1],
    ['ApplicationSet', { source }, 0],
  ])('%s %j has %i', (kind, spec, count) => {
    const object = readObject({ apiVersion: 'argoproj.io/v1alpha1', kind, spec });
    expect(object && applicationSources(object)).toHaveLength(count);
  });
});

describe('repositoryKey', () => {
  test.each([
    'https://git.example.com/team/shop',
    'https://user@git.example.com/team/shop.git',
    'https://git.example.com/Team/Shop/',
    'git@git.example.com:team/shop.git',
    'ssh://git@git.example.com/team/shop',
  ])('%s is the same repository', (url) => {
    expect(repositoryKey(url)).toBe('git.example.com/team/shop');
  });
});
