import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../src/config/settings.ts';
import { type Flags, resolveSettings } from '../../src/config/settings.ts';
import type { Candidate } from '../../src/judge/candidate.ts';
import { type Case, judge } from '../../src/judge/judge.ts';
import type { Report } from '../../src/judge/report.ts';
import { candidate, location, ruleIds } from './candidates.ts';

const coverage = {
  files: { total: 1, checked: 1, notKubernetes: 0, excluded: 0, failed: 0 },
  objects: 1,
  targets: 1,
  notChecked: [],
  unknownKinds: [],
};

interface Given {
  readonly flags?: Flags;
  readonly config?: Config;
  readonly changed?: readonly string[];
}

function run(
  candidates: readonly Candidate[],
  { flags = {}, config = {}, changed }: Given = {},
  more: Partial<Case> = {},
): Report {
  return judge({
    candidates,
    settings: resolveSettings(flags, { config, file: '.plimsoll.yaml' }, ruleIds),
    ruleIds,
    comments: [],
    annotated: [],
    coverage,
    changedFiles: changed === undefined ? undefined : new Set(changed),
    today: '2026-06-15',
    version: '0.1.0',
    ...more,
  });
}

const brief = ({ findings }: Report) => findings.map(({ rule, severity }) => `${rule} ${severity}`);

test('an empty run passes and keeps what it was given', () => {
  expect(run([])).toEqual({
    version: 1,
    tool: { name: 'plimsoll', version: '0.1.0' },
    verdict: {
      passed: true,
      failOn: 'high',
      scope: 'all',
      profile: 'recommended',
      new: 0,
      existing: 0,
      fixed: 0,
      suppressed: 0,
      bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0, internal: 0 },
    },
    findings: [],
    coverage,
    notices: [],
  });
});

test('a candidate becomes a finding', () => {
  const related = [{ ...location('role.yaml', 3), message: 'granted here' }];
  const given = candidate({
    controls: ['cis:a', 'nsa:b'],
    related,
    object: { container: 'app' },
    sensitive: true,
  });
  expect(run([given]).findings).toEqual([
    {
      rule: 'pod/host-pid',
      severity: 'high',
      message: 'The pod shares the process namespace of the node.',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', container: 'app' },
      targets: ['.'],
      location: location('web.yaml', 10),
      related,
      pointer: '/spec/template/spec/hostPID',
      state: 'new',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      controls: ['cis:a', 'nsa:b'],
      sensitive: true,
    },
  ]);
});

describe('which candidates are findings', () => {
  const candidates = [
    candidate({ rule: 'pod/host-pid', file: 'a/x.yaml', severity: 'high' }),
    candidate({ rule: 'image/mutable-tag', file: 'b/x.yaml', severity: 'medium', recommended: false }),
  ];
  const pid = 'pod/host-pid high';
  const tag = 'image/mutable-tag medium';
  test.each<[string, Given, string[]]>([
    ['recommended', {}, [pid]],
    ['strict', { flags: { profile: 'strict' } }, [pid, tag]],
    ['off', { config: { profile: 'strict', rules: { 'pod/host-pid': 'off' } } }, [tag]],
    ['a severity', { config: { rules: { 'pod/host-pid': 'low' } } }, ['pod/host-pid low']],
    [
      'a severity turns on',
      { config: { rules: { 'image/mutable-tag': 'low' } } },
      [pid, 'image/mutable-tag low'],
    ],
    [
      'excluded files',
      { config: { profile: 'strict', rules: { 'pod/host-pid': { exclude: ['a'] } } } },
      [tag],
    ],
    ['other excluded files', { config: { rules: { 'pod/host-pid': { exclude: ['b'] } } } }, [pid]],
    [
      'an exclude does not turn on',
      { config: { rules: { 'image/mutable-tag': { exclude: ['z'] } } } },
      [pid],
    ],
    [
      'a severity where not excluded',
      { config: { rules: { 'pod/host-pid': { severity: 'info', exclude: ['b'] } } } },
      ['pod/host-pid info'],
    ],
    ['only one', { flags: { only: 'image/mutable-tag' } }, [tag]],
    ['only a family', { flags: { only: 'pod/*' } }, [pid]],
    ['only, although off', { flags: { only: 'pod/*' }, config: { rules: { 'pod/host-pid': 'off' } } }, [pid]],
    [
      'only, with a severity',
      { flags: { only: 'pod/*' }, config: { rules: { 'pod/host-pid': 'low' } } },
      ['pod/host-pid low'],
    ],
    [
      'all, although off',
      { flags: { 'all-rules': true }, config: { rules: { 'pod/host-pid': 'off' } } },
      [pid, tag],
    ],
    [
      'all, although excluded',
      { flags: { 'all-rules': true }, config: { rules: { 'pod/host-pid': { exclude: ['a'] } } } },
      [pid, tag],
    ],
    ['only wins over all', { flags: { 'all-rules': true, only: 'image/*' } }, [tag]],
  ])('%s', (_, given, expected) => {
    expect(brief(run(candidates, given))).toEqual(expected);
  });
});

describe('overlapping rules', () => {
  const place = '/spec/volumes/[name=a]/hostPath';
  const candidates = [
    candidate({ rule: 'pod/host-path', place, controls: ['b'] }),
    candidate({ rule: 'pod/runtime-socket', place, severity: 'critical', controls: ['a'] }),
  ];
  test.each<[string, Given, string[]]>([
    ['are one finding', {}, ['pod/runtime-socket critical']],
    [
      'are all shown when all are asked for',
      { flags: { 'all-rules': true } },
      ['pod/host-path high', 'pod/runtime-socket critical'],
    ],
    [
      'do not absorb when off',
      { config: { rules: { 'pod/runtime-socket': 'off' } } },
      ['pod/host-path high'],
    ],
    ['do not absorb when not asked for', { flags: { only: 'pod/host-path' } }, ['pod/host-path high']],
  ])('%s', (_, given, expected) => {
    expect(brief(run(candidates, given))).toEqual(expected);
  });

  test('the finding supports the controls of both', () => {
    expect(run(candidates).findings[0]?.controls).toEqual(['a', 'b']);
  });

  test('a waiver of the general rule does not hold for the specific one', () => {
    const waivers = [{ rule: 'pod/host-path', path: '**', reason: 'x' }];
    expect(run(candidates, { config: { waivers } }).verdict).toMatchObject({ passed: false, suppressed: 0 });
  });
});

describe('findings of several targets', () => {
  test('are one, with all targets', () => {
    const { findings } = run([
      candidate({ target: 'prod', controls: ['b'] }),
      candidate({ target: 'dev', controls: ['a'] }),
    ]);
    expect(findings.map(({ targets, controls }) => ({ targets, controls }))).toEqual([
      { targets: ['dev', 'prod'], controls: ['a', 'b'] },
    ]);
  });

  test('stay two on other lines or in other words', () => {
    const { findings } = run([
      candidate({ target: 'dev' }),
      candidate({ target: 'prod', line: 20 }),
      candidate({ target: 'prod', message: 'Other words.' }),
    ]);
    expect(findings).toHaveLength(3);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  test('are suppressed when they are in every target', () => {
    const annotations = { 'ignore.plimsoll.dev/pod.host-pid': 'x' };
    const annotated = [{ annotations, file: 'web.yaml', line: 1 }];
    const dev = candidate({ target: 'dev', annotations });
    const verdict = (prod: Candidate) => run([dev, prod], {}, { annotated }).verdict;
    expect(verdict(candidate({ target: 'prod', annotations }))).toMatchObject({ suppressed: 1, new: 0 });
    expect(verdict(candidate({ target: 'prod' }))).toMatchObject({ suppressed: 0, new: 1 });
  });
});

describe('fingerprints of findings that are alike', () => {
  const lines = (given: readonly number[]) =>
    new Map(
      run(given.map((line) => candidate({ line }))).findings.map((f) => [f.location.line, f.fingerprint]),
    );

  test('differ, in the order of lines, whatever the order of candidates', () => {
    const prints = lines([30, 10, 20]);
    expect(new Set(prints.values()).size).toBe(3);
    expect(prints).toEqual(lines([10, 20, 30]));
  });

  test('stay when all lines move', () => {
    expect([...lines([10, 20]).values()]).toEqual([...lines([13, 23]).values()]);
  });
});

describe('scope', () => {
  const here = candidate({ file: 'here.yaml' });
  const there = candidate({ file: 'there.yaml', severity: 'low' });
  const states = (given: Given, candidates = [here, there]) => {
    const { findings, verdict, notices } = run(candidates, given);
    const { passed, scope } = verdict;
    return {
      states: findings.map(({ state }) => state).join(' '),
      counts: `${verdict.new} new, ${verdict.existing} existing`,
      passed,
      scope,
      notices: notices.length,
    };
  };
  test.each<[string, Given, ReturnType<typeof states>]>([
    [
      'no change known',
      {},
      { states: 'new new', counts: '2 new, 0 existing', passed: false, scope: 'all', notices: 0 },
    ],
    [
      'a change known',
      { changed: ['there.yaml'] },
      { states: 'existing new', counts: '1 new, 1 existing', passed: true, scope: 'changed', notices: 0 },
    ],
    [
      'a change that has the finding',
      { changed: ['here.yaml'] },
      { states: 'new existing', counts: '1 new, 1 existing', passed: false, scope: 'changed', notices: 0 },
    ],
    [
      'a change of nothing',
      { changed: [] },
      {
        states: 'existing existing',
        counts: '0 new, 2 existing',
        passed: true,
        scope: 'changed',
        notices: 0,
      },
    ],
    [
      'all, with a change',
      { changed: [], flags: { scope: 'all' } },
      { states: 'new new', counts: '2 new, 0 existing', passed: false, scope: 'all', notices: 0 },
    ],
    [
      'changed, with no change known',
      { config: { scope: 'changed' } },
      { states: 'new new', counts: '2 new, 0 existing', passed: false, scope: 'all', notices: 1 },
    ],
  ])('%s', (_, given, expected) => {
    expect(states(given)).toEqual(expected);
  });

  test('a finding is new when the file that explains it changes', () => {
    const binding = candidate({ related: [{ ...location('role.yaml', 1), message: 'granted here' }] });
    expect(states({ changed: ['role.yaml'] }, [binding]).states).toBe('new');
  });
});

describe('gate', () => {
  const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
  test.each([
    ['critical', 'critical'],
    ['high', 'critical high'],
    ['medium', 'critical high medium'],
    ['low', 'critical high medium low'],
    ['never', ''],
  ])('fail-on %s fails on %j', (failOn, expected) => {
    const failing = severities.filter(
      (severity) => !run([candidate({ severity })], { flags: { 'fail-on': failOn } }).verdict.passed,
    );
    expect(failing.join(' ')).toBe(expected);
  });

  test('suppressed findings stay in the report and do not decide', () => {
    const waivers = [{ rule: 'pod/*', path: 'web.yaml', reason: 'x', owner: 'team-a' }];
    const { findings, verdict } = run([candidate(), candidate({ file: 'b.yaml', severity: 'low' })], {
      config: { waivers },
    });
    expect(findings.map(({ suppressed }) => suppressed)).toEqual([
      undefined,
      { by: 'waiver', reason: 'x', owner: 'team-a' },
    ]);
    expect(verdict).toMatchObject({ passed: true, new: 1, existing: 0, suppressed: 1 });
    expect(verdict.bySeverity).toEqual({ critical: 0, high: 0, medium: 0, low: 1, info: 0, internal: 0 });
  });

  test('a suppressed finding outside the scope is counted once', () => {
    const waivers = [{ rule: 'pod/*', path: '**', reason: 'x' }];
    const { verdict } = run([candidate()], { config: { waivers }, changed: [] });
    expect(verdict).toMatchObject({ new: 0, existing: 0, suppressed: 1 });
  });
});

test('findings are sorted by file, line, column, rule and message', () => {
  const expected = [
    candidate({ file: 'B.yaml' }),
    candidate({ file: 'a.yaml', line: 2 }),
    candidate({ file: 'a.yaml', line: 10, rule: 'image/mutable-tag' }),
    candidate({ file: 'a.yaml', line: 10, message: 'A' }),
    candidate({ file: 'a.yaml', line: 10, message: 'B' }),
  ];
  const key = ({
    location: { file, line },
    rule,
    message,
  }: Pick<Candidate, 'location' | 'rule' | 'message'>) => `${file}:${line} ${rule} ${message}`;
  expect(run(expected.toReversed()).findings.map(key)).toEqual(expected.map(key));
});

describe('notices', () => {
  const waivers = [
    { rule: 'pod/host-path', path: '**', reason: 'x', line: 9 },
    { rule: 'pod/host-pid', path: '**', reason: 'x', until: '2026-01-01', line: 3 },
  ];

  test('name the expired and the unused, by line', () => {
    const { notices } = run([candidate()], { config: { waivers } });
    expect(notices.map(({ file, line }) => `${file}:${line}`)).toEqual([
      '.plimsoll.yaml:3',
      '.plimsoll.yaml:9',
    ]);
  });

  test('under --only say nothing of the unused', () => {
    const { notices } = run([candidate()], { config: { waivers }, flags: { only: 'pod/host-pid' } });
    expect(notices.map(({ line }) => line)).toEqual([3]);
  });

  test('a suppression of what the profile leaves out is in use', () => {
    const given = [{ rule: 'pod/host-pid', path: '**', reason: 'x', line: 1 }];
    expect(run([candidate({ recommended: false })], { config: { waivers: given } }).notices).toEqual([]);
  });
});

test('a finding about a file has no object', () => {
  const { object: _, ...broken } = candidate({ rule: 'schema/yaml-invalid', pointer: '' });
  expect(Object.keys(run([broken]).findings[0] ?? {})).not.toContain('object');
});
