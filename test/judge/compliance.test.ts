import { describe, expect, test } from '@jest/globals';
import type { Framework } from '../../src/compliance/framework.ts';
import { loadFrameworks } from '../../src/compliance/frameworks/index.ts';
import { assess, type Evidence, idleRules, lookedAt } from '../../src/judge/compliance.ts';
import type { ControlResult, IdleRule } from '../../src/judge/compliance-report.ts';
import type { Finding } from '../../src/judge/report.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { rules as allRules } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { finding, report } from '../report/report-builder.ts';

type Info = Pick<Rule, 'id' | 'kinds' | 'controls' | 'bundle' | 'messages' | 'concerns'>;

const rule = (id: string, changes: Partial<Info> = {}): Info => ({
  id,
  kinds: ['Pod'],
  controls: ['own:1'],
  bundle: 'HARD',
  messages: { bad: 'Bad.' },
  ...changes,
});

const own: Framework = {
  id: 'own',
  title: 'Our own',
  source: 'Us',
  controls: [
    { id: '1', title: 'First', section: 'All' },
    { id: '2', title: 'Second', section: 'All' },
    { id: '3', title: 'Third', section: 'All', notAssessable: 'A decision of people' },
  ],
};

const run = { date: '2026-11-22T00:00:00Z', path: '.' };
const object = (kind: string, name = 'x') => {
  const read = readObject({ apiVersion: 'v1', kind, metadata: { name } });
  if (read === undefined) throw new Error('no object');
  return read;
};
const waived = { by: 'waiver', reason: 'needed', owner: '@team', until: '2027-03-31' } as const;
const against = (...controls: string[]): Finding => finding({ controls });
const suppressed = (...controls: string[]): Finding => finding({ controls, suppressed: waived });

interface Given {
  readonly rules: readonly Info[];
  readonly kinds?: readonly string[];
  readonly findings?: readonly Finding[];
  readonly idle?: readonly IdleRule[];
}

function control(id: string, { rules, kinds = ['Pod', 'Pod', 'Service'], findings = [], idle = [] }: Given) {
  const evidence: Evidence = {
    report: report({ findings }),
    objects: lookedAt(
      kinds.map((kind) => object(kind)),
      rules,
    ),
    idleRules: idle,
  };
  const [framework] = assess(evidence, rules, [own], run).frameworks;
  return framework?.controls.find((each) => each.control.id === id) as ControlResult;
}

const pods = rule('pod/a');
const off = { rule: 'pod/a', why: 'off' } as const;

describe('assess', () => {
  test.each<[string, string, Given, Partial<ControlResult>]>([
    [
      'rules looked and found nothing',
      '1',
      { rules: [pods, rule('pod/b', { kinds: ['Pod', 'Service'] })] },
      {
        status: 'passed',
        rules: ['pod/a', 'pod/b'],
        lookedAt: [
          { kind: 'Pod', objects: 2 },
          { kind: 'Service', objects: 1 },
        ],
      },
    ],
    [
      'a finding stands against it',
      '1',
      { rules: [pods], findings: [against('own:1')] },
      { status: 'findings', findings: [against('own:1')], waived: [] },
    ],
    [
      'an open finding outweighs waived ones',
      '1',
      { rules: [pods], findings: [suppressed('own:1'), against('own:1')] },
      { status: 'findings', findings: [against('own:1')], waived: [suppressed('own:1')] },
    ],
    [
      'findings outside the scope of a change count',
      '1',
      { rules: [pods], findings: [finding({ controls: ['own:1'], state: 'existing' })] },
      { status: 'findings' },
    ],
    [
      'all findings are waived',
      '1',
      { rules: [pods], findings: [suppressed('own:1')] },
      { status: 'waived', waived: [suppressed('own:1')] },
    ],
    [
      'a finding against another control',
      '1',
      { rules: [pods], findings: [against('own:2')] },
      { status: 'passed' },
    ],
    ['no object of the kinds', '1', { rules: [pods], kinds: ['Service'] }, { status: 'not-applicable' }],
    [
      'no object at all',
      '1',
      { rules: [rule('pod/a', { kinds: ['*'] })], kinds: [] },
      { status: 'not-applicable' },
    ],
    [
      'no object that the rule is about',
      '1',
      { rules: [rule('pod/a', { concerns: ({ name }) => name === 'etcd' })] },
      { status: 'not-applicable', rules: ['pod/a'], lookedAt: [] },
    ],
    [
      'a rule that looks at files only',
      '1',
      { rules: [rule('schema/a', { kinds: [] })] },
      { status: 'not-applicable' },
    ],
    [
      'no rule names it',
      '2',
      { rules: [pods] },
      {
        status: 'not-assessable',
        reason: 'Git may show something of it, but no rule looks for it.',
        rules: [],
      },
    ],
    [
      'Git cannot show it',
      '3',
      { rules: [pods] },
      { status: 'not-assessable', reason: 'A decision of people.' },
    ],
    [
      'its rule is off',
      '1',
      { rules: [pods], idle: [off] },
      {
        status: 'not-assessable',
        reason: 'Not looked at: pod/a is off.',
        rules: [],
        idle: ['pod/a'],
        lookedAt: [],
      },
    ],
    [
      'its rule is off for some files',
      '1',
      { rules: [pods], idle: [{ rule: 'pod/a', why: 'partly-off' }] },
      { status: 'not-assessable', reason: 'Not looked at: pod/a is off for some files.' },
    ],
    [
      'its rule broke',
      '1',
      { rules: [pods], idle: [{ rule: 'pod/a', why: 'broken' }] },
      { status: 'not-assessable', reason: 'Not looked at: pod/a broke on an object.' },
    ],
    [
      'one of its rules is off',
      '1',
      { rules: [pods, rule('pod/b')], idle: [off] },
      { status: 'passed', rules: ['pod/b'], idle: ['pod/a'] },
    ],
    [
      'a message of a rule names it',
      '2',
      { rules: [rule('pod/a', { messages: { bad: { text: 'Bad.', controls: ['own:2'] } } })] },
      { status: 'passed', rules: ['pod/a'] },
    ],
  ])('%s', (_, id, given, expected) => {
    expect(control(id, given)).toMatchObject(expected);
  });

  test('only a control that was not assessed has a reason', () => {
    expect(control('1', { rules: [pods] })).not.toHaveProperty('reason');
    expect(control('2', { rules: [pods] })).toHaveProperty('reason');
  });

  test('every control of every framework passes only when a rule looked at an object', async () => {
    const frameworks = await loadFrameworks();
    const kinds = ['Pod', 'ConfigMap', 'Secret', 'Namespace', 'Service'];
    const evidence = {
      report: report(),
      objects: lookedAt(
        kinds.map((kind) => object(kind)),
        allRules,
      ),
      idleRules: [],
    };
    const results = assess(evidence, allRules, frameworks, run).frameworks.flatMap(
      ({ controls }) => controls,
    );
    expect(results).toHaveLength(frameworks.flatMap(({ controls }) => controls).length);
    const passed = results.filter(({ status }) => status === 'passed');
    expect(passed.length).toBeGreaterThan(10);
    expect(passed.filter(({ rules, lookedAt: seen }) => rules.length === 0 || seen.length === 0)).toEqual([]);
    const none = assess({ ...evidence, objects: [] }, allRules, frameworks, run).frameworks;
    expect(none.flatMap(({ controls }) => controls).filter(({ status }) => status === 'passed')).toEqual([]);
  });

  test('a Pod is no API server: controls of the control plane are not passed by it', async () => {
    const evidence = { report: report(), objects: lookedAt([object('Pod')], allRules), idleRules: [] };
    const [cis] = assess(evidence, allRules, await loadFrameworks(['cis/1.12']), run).frameworks;
    const plane = cis?.controls.filter(({ control: { id } }) => /^[124]\./.test(id)) ?? [];
    expect(plane.filter(({ status }) => status === 'passed')).toEqual([]);
    expect(plane.filter(({ status }) => status === 'not-applicable').length).toBeGreaterThan(10);
  });

  test('an older version of a benchmark is shown by the rules of the newest', async () => {
    const evidence = { report: report(), objects: lookedAt([object('Pod')], allRules), idleRules: [] };
    const statuses = assess(
      evidence,
      allRules,
      await loadFrameworks(['cis/1.8', 'cis/1.12']),
      run,
    ).frameworks.map(({ controls }) => controls.find(({ control: { id } }) => id === '5.2.2')?.status);
    expect(statuses).toEqual(['passed', 'passed']);
  });
});

test('idleRules names rules that are off, off somewhere, not asked for, or broken, sorted', () => {
  const rules = ['e/asked', 'd/broken', 'c/partly', 'b/off', 'a/unasked'].map((id) => ({ id }));
  const settings = {
    rules: new Map([
      ['b/off', { severity: 'off' as const, exclude: [], options: {} }],
      ['c/partly', { exclude: ['agents'], options: {} }],
    ]),
  };
  const asked = rules.filter(({ id }) => id !== 'a/unasked');
  expect(idleRules(rules, settings, { asked, broken: [{ id: 'd/broken' }] })).toEqual([
    { rule: 'a/unasked', why: 'off' },
    { rule: 'b/off', why: 'off' },
    { rule: 'c/partly', why: 'partly-off' },
    { rule: 'd/broken', why: 'broken' },
  ]);
});

test('lookedAt counts objects of one kind apart when rules are about some of them', () => {
  const etcd = rule('control-plane/etcd', { concerns: ({ name }) => name === 'etcd' });
  const counted = lookedAt(
    [object('Pod'), object('Pod', 'etcd'), object('Pod'), object('Service')],
    [pods, etcd],
  );
  expect(counted.map(({ kind, objects, rules }) => [kind, objects, [...rules]])).toEqual([
    ['Pod', 2, ['pod/a']],
    ['Pod', 1, ['pod/a', 'control-plane/etcd']],
    ['Service', 1, []],
  ]);
});
