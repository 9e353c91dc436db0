import { describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';
import type { Candidate } from '../../src/judge/candidate.ts';
import { judge } from '../../src/judge/judge.ts';
import type { Finding, Location } from '../../src/judge/report.ts';
import { candidate, location, ruleIds } from './candidates.ts';

function findings(candidates: readonly Candidate[]): readonly Finding[] {
  return judge({
    candidates,
    settings: resolveSettings({}, { config: {} }, ruleIds),
    ruleIds,
    comments: [],
    annotated: [],
    coverage: {
      files: { total: 0, checked: 0, notKubernetes: 0, excluded: 0, failed: 0 },
      objects: 0,
      targets: 0,
      notChecked: [],
      unknownKinds: [],
    },
    changedFiles: undefined,
    today: '2026-06-15',
    version: '0.1.0',
  }).findings;
}

const helper: Location = { ...location('c/templates/_h.tpl', 3), role: 'helper' };
const values: Location = { ...location('c/values.yaml', 5), role: 'values' };

/** A candidate about an object that a chart renders to. */
function rendered(
  place: Location,
  name: string,
  more: NonNullable<Parameters<typeof candidate>[0]> = {},
): Candidate {
  return { ...candidate({ object: { name }, ...more }), location: place };
}

const includedIn = (name: string) => [
  { ...location(`c/templates/${name}.yaml`, 8), role: 'template' as const, message: 'included here' },
];

describe('one place to edit is one finding', () => {
  test('a helper that ten templates use', () => {
    const names = Array.from({ length: 10 }, (_, index) => `app-${index}`);
    const found = findings(
      names.map((name) =>
        rendered(helper, name, { message: `Container ${name} is wrong.`, related: includedIn(name) }),
      ),
    );
    expect(found).toHaveLength(1);
    const [{ object, message, related }] = found as [Finding];
    expect([object?.name, message]).toEqual(['app-0', 'Container app-0 is wrong.']);
    expect(related.map((each) => `${each.file}:${each.line} ${each.message}`)).toEqual([
      'c/templates/app-0.yaml:8 included here',
      ...names.slice(1).map((name) => `c/templates/${name}.yaml:8 also in Deployment ${name} in shop`),
    ]);
  });

  test('of very many objects some are named, the rest is counted', () => {
    const names = Array.from({ length: 30 }, (_, index) => `app-${10 + index}`);
    const [found] = findings(names.map((name) => rendered(helper, name, { related: includedIn(name) })));
    expect(found?.related).toHaveLength(22);
    expect(found?.related.at(-1)?.message).toBe('and in 9 more objects');
  });

  test('three values sets with the same fault', () => {
    const found = findings(
      ['c', 'c (values-prod.yaml)', 'c (values-dev.yaml)'].map((target) =>
        rendered(values, 'web', { target }),
      ),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.targets).toEqual(['c', 'c (values-dev.yaml)', 'c (values-prod.yaml)']);
    expect(found[0]?.related).toEqual([]);
  });

  test('a fault that only one values set has is of its file and its target', () => {
    const prod = { ...values, file: 'c/values-prod.yaml' };
    const found = findings([
      rendered(values, 'web', { target: 'c' }),
      rendered(prod, 'web', { target: 'c (values-prod.yaml)' }),
    ]);
    expect(found.map((each) => [each.location.file, each.targets])).toEqual([
      ['c/values-prod.yaml', ['c (values-prod.yaml)']],
      ['c/values.yaml', ['c']],
    ]);
  });

  test('containers that a loop makes from one literal', () => {
    const pointer = (index: number) => `/spec/template/spec/containers/${index}/securityContext/privileged`;
    const found = findings(
      [0, 1].map((index) =>
        rendered(helper, 'web', { pointer: pointer(index), place: `/containers/[name=${index}]/privileged` }),
      ),
    );
    expect(found).toHaveLength(1);
  });

  test('a base that three overlays share', () => {
    const base: Location = { ...location('base/web.yaml', 9), role: 'base' };
    const found = findings(['dev', 'prod', 'test'].map((target) => rendered(base, 'web', { target })));
    expect(found.map(({ targets }) => targets)).toEqual([['dev', 'prod', 'test']]);
  });

  test.each<[string, Partial<Location>, Parameters<typeof candidate>[0]]>([
    ['another field that lacks there', {}, { pointer: '/spec/template/spec/hostIPC' }],
    ['another message', {}, { messageId: 'other' }],
    ['another rule', {}, { rule: 'pod/privileged' }],
    ['another line', { line: 6, endLine: 6 }, {}],
    ['another place on the line', { column: 9 }, {}],
  ])('%s is another finding', (_, place, more) => {
    expect(findings([rendered(values, 'web'), rendered({ ...values, ...place }, 'web', more)])).toHaveLength(
      2,
    );
  });

  test('what one action prints may be several faults', () => {
    const action: Location = { ...helper, precision: 'action' };
    const at = (name: string) => rendered(action, 'web', { place: `/containers/[name=${name}]/image` });
    expect(findings([at('a'), at('b'), at('a')])).toHaveLength(2);
  });

  test('nothing is taken together where only the file is known', () => {
    const file: Location = { ...values, precision: 'file' };
    expect(findings([rendered(file, 'a'), rendered(file, 'b')])).toHaveLength(2);
  });

  test('secret in one object is secret in all', () => {
    const [found] = findings([rendered(values, 'a'), { ...rendered(values, 'b'), sensitive: true }]);
    expect(found?.sensitive).toBe(true);
  });

  test('plain manifests are told apart as before', () => {
    const plain = (name: string) => rendered(location('web.yaml', 5), name);
    expect(findings([plain('a'), plain('b')])).toHaveLength(2);
  });

  test('lines do not change the fingerprint', () => {
    const [before] = findings([rendered(values, 'a'), rendered(values, 'b')]);
    const moved = { ...values, line: 50, endLine: 50, column: 9 };
    const [after] = findings([rendered(moved, 'b'), rendered(moved, 'a')]);
    expect(after?.fingerprint).toBe(before?.fingerprint);
  });
});

describe('rules that see the same fault', () => {
  const volume = '/spec/template/spec/volumes/[name=docker]/hostPath/path';
  const seen = (rule: string, file: string, role: Location['role']) => ({
    ...candidate({ rule, place: volume, controls: [rule] }),
    location: { ...location(file, 4), role },
  });

  test('are one finding, whichever file of a chart each of them marks', () => {
    const found = findings([
      seen('pod/runtime-socket', 'c/values.yaml', 'values'),
      seen('pod/host-path', 'c/templates/a.yaml', 'template'),
    ]);
    expect(found.map(({ rule, controls }) => [rule, controls])).toEqual([
      ['pod/runtime-socket', ['pod/host-path', 'pod/runtime-socket']],
    ]);
  });

  test('are two in two files of plain manifests', () => {
    const found = findings([
      seen('pod/runtime-socket', 'a.yaml', 'literal'),
      seen('pod/host-path', 'b.yaml', 'literal'),
    ]);
    expect(found).toHaveLength(2);
  });
});
