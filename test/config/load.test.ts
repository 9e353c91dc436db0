import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { frameworkNames } from '../../src/config/frameworks.ts';
import { configPaths, loadConfig } from '../../src/config/load.ts';
import { kubernetesMinors, type LoadedConfig } from '../../src/config/settings.ts';
import { UserError } from '../../src/errors.ts';
import type { FileTree } from '../../src/files/file-tree.ts';
import { memoryTree } from '../../src/files/memory.ts';

const ruleIds = ['pod/privileged', 'pod/host-path', 'image/mutable-tag', 'network/default-deny-ingress'];

const load = (text: string | Uint8Array) => loadConfig(memoryTree({ '.plimsoll.yaml': text }), { ruleIds });

async function errorOf(loading: Promise<LoadedConfig>): Promise<UserError> {
  const error = await loading.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw error;
}

/** `line:column message` of every mistake. */
async function mistakesIn(text: string): Promise<string[]> {
  const { message, where } = await errorOf(load(text));
  const [head = '', ...rest] = message.split('\n');
  const mistakes = rest.length === 0 ? [`${where}: ${head}`] : rest;
  return mistakes.map((mistake) => mistake.replace(/^\.plimsoll\.yaml:(\d+:\d+):/, '$1'));
}

describe('finding the file', () => {
  test.each(configPaths)('%s', async (path) => {
    const tree = memoryTree({ [path]: 'profile: strict', 'deploy/.plimsoll.yaml': 'profile: recommended' });
    expect(await loadConfig(tree, { ruleIds })).toMatchObject({ file: path, config: { profile: 'strict' } });
  });

  test('no file is an empty config', async () => {
    expect(await loadConfig(memoryTree({ 'a.yaml': '' }), { ruleIds })).toEqual({ config: {} });
  });

  test('a named file wins, whatever else is there', async () => {
    const tree = memoryTree({
      '.plimsoll.yaml': 'nonsense',
      '.plimsoll.yml': '',
      'ci/lint.yaml': 'scope: all',
    });
    const loaded = await loadConfig(tree, { ruleIds, path: 'ci/lint.yaml' });
    expect(loaded).toMatchObject({ file: 'ci/lint.yaml', config: { scope: 'all' } });
  });

  test('two files are an error that names both', async () => {
    const tree = memoryTree({ '.plimsoll.yaml': '', '.github/plimsoll.yml': '' });
    const { message } = await errorOf(loadConfig(tree, { ruleIds }));
    expect(message).toBe('There are two configs: .plimsoll.yaml and .github/plimsoll.yml.');
  });

  test('a named file that is not there', async () => {
    const { message, where } = await errorOf(loadConfig(memoryTree({}), { ruleIds, path: 'x.yaml' }));
    expect(where).toBe('x.yaml');
    expect(message).toMatch(/^The config cannot be read: /);
  });

  test('an error that is not about the file is not hidden', async () => {
    const failing: FileTree = {
      ...memoryTree({}),
      read: () => Promise.reject(new TypeError('a defect')),
    };
    await expect(loadConfig(failing, { ruleIds, path: 'x' })).rejects.toThrow(TypeError);
  });
});

describe('reading the file', () => {
  test.each(['', '\n', '# nothing yet\n', '---\n', '~', 'null'])('%j is an empty config', async (text) => {
    expect((await load(text)).config).toEqual({});
  });

  test('every key', async () => {
    const { config } = await load(`profile: strict
fail-on: medium
scope: changed
kubernetes-version: "1.30"
exclude: [vendor, "**/*.gen.yaml"]
max-file-size: 20Mi
comment: false
annotations: true
values-conventions: false
remotes:
  https://example.com/base?ref=v1: vendor/base
targets:
  - path: charts/api
    values: [values-prod.yaml, /env/prod.yaml]
    set: { image.tag: "1.2", replicas: 3 }
    release: api
    namespace: shop
    environment: prod
    kubernetes-version: "1.33"
    api-versions: [monitoring.coreos.com/v1]
  - path: charts/api
    set: ["hosts[0]=a.example.com"]
rules:
  pod/privileged: off
  pod/host-path: low
  image/mutable-tag: { severity: high, exclude: [dev] }
waivers:
  - rule: pod/*
    path: charts
    reason: being replaced
  - rule: pod/host-path
    path: agents/node.yaml
    object: DaemonSet/node
    reason: reads the logs of the node
    owner: team-observability
    until: 2027-03-31
`);
    expect(config).toEqual({
      profile: 'strict',
      'fail-on': 'medium',
      scope: 'changed',
      'kubernetes-version': '1.30',
      exclude: ['vendor', '**/*.gen.yaml'],
      'max-file-size': '20Mi',
      comment: false,
      annotations: true,
      'values-conventions': false,
      remotes: { 'https://example.com/base?ref=v1': 'vendor/base' },
      targets: [
        {
          path: 'charts/api',
          values: ['values-prod.yaml', '/env/prod.yaml'],
          set: { 'image.tag': '1.2', replicas: 3 },
          release: 'api',
          namespace: 'shop',
          environment: 'prod',
          'kubernetes-version': '1.33',
          'api-versions': ['monitoring.coreos.com/v1'],
        },
        { path: 'charts/api', set: ['hosts[0]=a.example.com'] },
      ],
      rules: {
        'pod/privileged': false,
        'pod/host-path': 'low',
        'image/mutable-tag': { severity: 'high', exclude: ['dev'] },
      },
      waivers: [
        { rule: 'pod/*', path: 'charts', reason: 'being replaced', line: 28 },
        {
          rule: 'pod/host-path',
          path: 'agents/node.yaml',
          object: 'DaemonSet/node',
          reason: 'reads the logs of the node',
          owner: 'team-observability',
          until: '2027-03-31',
          line: 31,
        },
      ],
    });
  });

  test('the sample of the guide', async () => {
    const [, sample = ''] =
      /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readFileSync('docs/config.md', 'utf8')) ?? [];
    const { config } = await load(sample);
    expect(Object.keys(config)).toContain('waivers');
  });
});

describe('mistakes', () => {
  test.each<[string, string, string[]]>([
    ['an unknown key', 'fial-on: high', ['1:1 There is no key "fial-on" here. Did you mean "fail-on"?']],
    ['a key that is like no other', 'colour: red', ['1:1 There is no key "colour" here.']],
    [
      'the spelling of the JSON report',
      'failOn: high',
      ['1:1 There is no key "failOn" here. Did you mean "fail-on"?'],
    ],
    [
      'a word that is not allowed',
      '\nfail-on: hihg',
      ['2:10 "hihg" is none of critical, high, medium, low, never. Did you mean "high"?'],
    ],
    ['no value', 'profile:', ['1:1 This must be text.']],
    ['a list for a word', 'scope: [all]', ['1:8 This must be text.']],
    [
      'a version as a number',
      'kubernetes-version: 1.30',
      ['1:21 This must be text: put it in quotes, "1.30".'],
    ],
    [
      'a version that is out of range',
      'kubernetes-version: "1.12"',
      [
        '1:21 "1.12" cannot stand here. Version of Kubernetes that the manifests are for, in quotes: "1.25" to "1.37".',
      ],
    ],
    ['a word for a list', 'exclude: vendor', ['1:10 This must be a list.']],
    ['an item that is no text', 'exclude:\n  - a\n  - 1', ['3:5 This must be text: put it in quotes, "1".']],
    ['a word for a truth value', 'comment: maybe', ['1:10 This must be true or false.']],
    [
      'an unknown rule',
      'rules:\n  pod/privilegd: off',
      ['2:3 There is no rule "pod/privilegd". Did you mean "pod/privileged"?'],
    ],
    ['a family among the rules', 'rules:\n  pod/*: off', ['2:3 There is no rule "pod/*".']],
    ['a prototype key', 'rules:\n  __proto__: off', ['2:3 There is no rule "__proto__".']],
    [
      'a prototype key at the root',
      '__proto__: { profile: strict }',
      ['1:1 There is no key "__proto__" here.'],
    ],
    ['an inherited name', 'rules: { constructor: low }', ['1:10 There is no rule "constructor".']],
    [
      'an unknown severity',
      'rules:\n  pod/privileged: hgih',
      ['2:19 "hgih" is none of critical, high, medium, low, info, off. Did you mean "high"?'],
    ],
    [
      'a rule that is only turned on',
      'rules: { pod/privileged: on }',
      ['1:26 "true" is none of critical, high, medium, low, info, off.'],
    ],
    [
      'mistakes in the map of a rule',
      'rules:\n  pod/privileged:\n    sevrity: low\n    severity: 3\n    exclude: x',
      [
        '3:5 There is no key "sevrity" here. Did you mean "severity"?',
        '4:15 "3" is none of critical, high, medium, low, info, off.',
        '5:14 This must be a list.',
      ],
    ],
    [
      'a map that cannot be made text',
      'rules: { pod/privileged: { severity: { toString: 1 } } }',
      ['1:38 A list or map is none of critical, high, medium, low, info, off.'],
    ],
    [
      'a waiver without its parts',
      'waivers:\n  - rule: pod/privileged',
      ['2:5 The key "path" is missing here.', '2:5 The key "reason" is missing here.'],
    ],
    [
      'an empty reason',
      'waivers:\n  - { rule: pod/*, path: a, reason: " " }',
      ['2:37 " " cannot stand here. Why the finding is accepted.'],
    ],
    [
      'an unknown rule in a waiver',
      'waivers:\n  - { rule: imge/*, path: a, reason: b }',
      ['2:7 There is no rule "imge/*". Did you mean "image/*"?'],
    ],
    [
      'every rule in a waiver',
      'waivers:\n  - { rule: "*", path: a, reason: b }',
      ['2:7 There is no rule "*".'],
    ],
    [
      'a date that is none',
      'waivers:\n  - { rule: pod/*, path: a, reason: b, until: 31.12.2027 }',
      ['2:47 "31.12.2027" cannot stand here. Last day on which the waiver holds, as YYYY-MM-DD.'],
    ],
    [
      'a target without a path, with a misspelt key',
      'targets:\n  - value: [a.yaml]',
      ['2:5 The key "path" is missing here.', '2:5 There is no key "value" here. Did you mean "values"?'],
    ],
    [
      'a target with wrong types',
      'targets:\n  - { path: a, values: a.yaml, set: x, kubernetes-version: 1.30 }',
      [
        '2:24 This must be a list.',
        '2:37 This must be a map or a list.',
        '2:60 This must be text: put it in quotes, "1.30".',
      ],
    ],
    [
      'an assignment that is none',
      'targets:\n  - { path: a, set: [b] }',
      ['2:22 "b" cannot stand here. An assignment such as `image.tag=1.2`.'],
    ],
    ['a remote without a directory', 'remotes: { "https://a": [] }', ['1:25 This must be text.']],
    [
      'a size that is none',
      'max-file-size: 10MB',
      [
        '1:16 "10MB" cannot stand here. Larger files are not read: bytes, or a number with k, M, G, Ki, Mi or Gi.',
      ],
    ],
    ['a list at the root', '- profile', ['1:1 This must be a map.']],
    ['a duplicate key', 'scope: all\nscope: changed', ['2:1 The key "scope" is here twice.']],
    ['two documents', 'scope: all\n---\nscope: all', ['3:1 The config must be one YAML document.']],
    ['a line break in a key', '"a\\n::error::b": 1', ['1:1 There is no key "a\\n::error::b" here.']],
  ])('%s', async (_, text, expected) => {
    expect(await mistakesIn(text)).toEqual(expected);
  });

  test('all are named at once, in the order of the file', async () => {
    const { message, where } = await errorOf(load('rules:\n  pod/x: off\ncomment: 1\nprofil: strict\n'));
    expect(where).toBe('.plimsoll.yaml');
    expect(message.split('\n')).toEqual([
      'The config has 3 mistakes:',
      '.plimsoll.yaml:2:3: There is no rule "pod/x".',
      '.plimsoll.yaml:3:10: This must be true or false.',
      '.plimsoll.yaml:4:1: There is no key "profil" here. Did you mean "profile"?',
    ]);
  });

  test('a syntax error has its place', async () => {
    expect(await mistakesIn('profile: strict\nexclude: [a')).toEqual([expect.stringMatching(/^2:\d+ \S/)]);
  });

  test('a long list is cut', async () => {
    const { message } = await errorOf(load(Array.from({ length: 500 }, (_, i) => `key${i}: 1`).join('\n')));
    const lines = message.split('\n');
    expect(lines[0]).toBe('The config has more than 20 mistakes:');
    expect(lines).toHaveLength(21);
  });
});

describe('hostile files', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [name, last] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'])
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${last}`).join(', ')}]`);
  test.each<[string, string | Uint8Array, RegExp]>([
    ['aliases that multiply', bomb.join('\n'), /aliases|more than/],
    ['deep nesting', '['.repeat(20_000), /nested too deeply/],
    ['deep nesting that is closed', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, /nested too deeply/],
    ['an alias in itself', 'exclude: &a [*a]', /itself/],
    ['bytes that are no text', Uint8Array.of(0x61, 0x3a, 0xff, 0xfe), /cannot be read: invalid UTF-8/],
    ['a NUL', 'profile: "a\0b"', /cannot be read: binary file/],
    ['a large file', `# ${'x'.repeat(1_100_000)}`, /cannot be read: it has 1100002 bytes, more than 1048576/],
    [
      'very many keys',
      Array.from({ length: 30_000 }, (_, i) => `k${i}:`).join('\n'),
      /more than 20 mistakes/,
    ],
  ])('%s', async (_, text, expected) => {
    expect((await errorOf(load(text))).message).toMatch(expected);
  });
});

test('the schema allows the versions of Kubernetes that there is data for', async () => {
  const { oldest, newest } = kubernetesMinors;
  const accepted: number[] = [];
  for (let minor = oldest - 5; minor <= newest + 5; minor++)
    await load(`kubernetes-version: "1.${minor}"`).then(
      () => accepted.push(minor),
      () => undefined,
    );
  expect(accepted).toEqual(Array.from({ length: newest - oldest + 1 }, (_, i) => oldest + i));
});

test('the schema allows just the names of frameworks that there are', () => {
  const schema = JSON.parse(readFileSync('schemas/config.schema.json', 'utf8'));
  expect(schema.properties.compliance.items.enum).toEqual(frameworkNames);
});
