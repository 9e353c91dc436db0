import { describe, expect, test } from '@jest/globals';
import { type Config, type Flags, resolveSettings } from '../../src/config/settings.ts';
import { UserError } from '../../src/errors.ts';

const ruleIds = ['pod/privileged', 'pod/host-path', 'image/mutable-tag'];
const resolve = (flags: Flags, config: Config = {}, file?: string) =>
  resolveSettings(flags, file === undefined ? { config } : { config, file }, ruleIds);

test('without flags and config', () => {
  expect(resolve({})).toMatchObject({
    targets: [],
    valuesConventions: true,
    remotes: {},
    profile: 'recommended',
    failOn: 'high',
    scope: undefined,
    kubernetesMinor: 36,
    exclude: [],
    rules: new Map(),
    waivers: [],
    importSuppressions: false,
    maxFileSizeBytes: 10_485_760,
    comment: true,
    annotations: true,
    only: undefined,
    allRules: false,
    configFile: undefined,
  });
});

describe('flags win over the config, the config over the defaults', () => {
  const config: Config = {
    profile: 'strict',
    'fail-on': 'low',
    scope: 'all',
    'kubernetes-version': '1.30',
    comment: false,
    annotations: false,
  };
  test.each<[Flags, Config, object]>([
    [{}, config, { profile: 'strict', failOn: 'low', scope: 'all', kubernetesMinor: 30 }],
    [{}, config, { comment: false, annotations: false }],
    [{ profile: 'recommended', 'fail-on': 'never' }, config, { profile: 'recommended', failOn: 'never' }],
    [{ scope: 'changed', 'kubernetes-version': '1.31' }, config, { scope: 'changed', kubernetesMinor: 31 }],
    [{ comment: 'true', annotations: 'true' }, config, { comment: true, annotations: true }],
    [{ comment: 'false' }, {}, { comment: false, annotations: true }],
    [{ profile: '', 'fail-on': '', 'kubernetes-version': '' }, config, { profile: 'strict', failOn: 'low' }],
    [{ only: 'pod/privileged, image/*' }, {}, { only: ['pod/privileged', 'image/*'] }],
    [{ only: '' }, {}, { only: undefined }],
    [{ 'all-rules': true }, {}, { allRules: true }],
    [{}, { 'import-suppressions': true }, { importSuppressions: true }],
    [{}, { compliance: ['cis', 'soc2'] }, { compliance: ['cis/1.12', 'soc2'] }],
    [
      { compliance: 'pss, nsa' },
      { compliance: ['soc2'] },
      { compliance: ['pss/baseline', 'pss/restricted', 'nsa'] },
    ],
    [{ compliance: '' }, {}, { compliance: [] }],
  ])('%j over %j', (flags, given, expected) => {
    expect(resolve(flags, given)).toMatchObject(expected);
  });
});

test('rules are read by id', () => {
  const rules: Config['rules'] = {
    'pod/privileged': 'off',
    'pod/host-path': false,
    'image/mutable-tag': { severity: 'low', exclude: ['dev'], options: {} },
    'api/removed-api': { exclude: ['old'] },
  };
  expect([...resolve({}, { rules }).rules]).toEqual([
    ['pod/privileged', { severity: 'off', exclude: [], options: {} }],
    ['pod/host-path', { severity: 'off', exclude: [], options: {} }],
    ['image/mutable-tag', { severity: 'low', exclude: ['dev'], options: {} }],
    ['api/removed-api', { exclude: ['old'], options: {} }],
  ]);
});

test.each([
  ['1.25', 25],
  ['v1.34', 34],
  ['1.34.2', 34],
  ['1.37', 37],
])('Kubernetes version %s is 1.%i', (version, minor) => {
  expect(resolve({ 'kubernetes-version': version }).kubernetesMinor).toBe(minor);
});

test.each<[number | string, number]>([
  [4096, 4096],
  ['4096', 4096],
  ['10k', 10_000],
  ['2M', 2_000_000],
  ['1G', 1_000_000_000],
  ['5Ki', 5120],
  ['10Mi', 10_485_760],
  ['1Gi', 1_073_741_824],
])('max-file-size %s is %i bytes', (size, bytes) => {
  expect(resolve({}, { 'max-file-size': size }).maxFileSizeBytes).toBe(bytes);
});

test.each<[Flags, string, RegExp]>([
  [{ 'fail-on': 'hihg' }, 'fail-on', /^"hihg" is none of .*\. Did you mean "high"\?$/],
  [{ 'fail-on': 'info' }, 'fail-on', /none of critical, high, medium, low, never/],
  [{ profile: 'all' }, 'profile', /none of recommended, strict/],
  [{ scope: 'new' }, 'scope', /none of changed, all/],
  [{ comment: 'yes' }, 'comment', /none of true, false/],
  [{ 'kubernetes-version': '1.24' }, 'kubernetes-version', /"1\.24"/],
  [{ 'kubernetes-version': '1.38' }, 'kubernetes-version', /"1\.38"/],
  [{ 'kubernetes-version': '2.30' }, 'kubernetes-version', /"2\.30"/],
  [{ 'kubernetes-version': 'latest' }, 'kubernetes-version', /"latest"/],
  [{ only: 'pod/privilegd' }, 'only', /Did you mean "pod\/privileged"\?/],
  [{ only: 'pods/*' }, 'only', /Did you mean "pod\/\*"\?/],
  [{ only: 'pod/privileged,' }, 'only', /no rule ""/],
])('%j is refused', (flags, where, message) => {
  const run = () => resolve(flags);
  expect(run).toThrow(UserError);
  expect(run).toThrow(expect.objectContaining({ where, message: expect.stringMatching(message) }));
});

test('a version that is out of range is told the range', () => {
  expect(() => resolve({ 'kubernetes-version': '1.20' })).toThrow(
    expect.objectContaining({ todo: 'Give one from 1.25 to 1.37.' }),
  );
});
