import { describe, expect, test } from '@jest/globals';
import type { Waiver } from '../../src/config/settings.ts';
import { SourceReader } from '../../src/discover/source-file.ts';
import type { Candidate } from '../../src/judge/candidate.ts';
import { Locator } from '../../src/judge/locate.ts';
import { parseIgnoreComment, type SuppressionSources, suppress } from '../../src/judge/suppress.ts';
import { candidate, ruleIds } from './candidates.ts';

const run = (candidates: readonly Candidate[], sources: Partial<SuppressionSources>) =>
  suppress(candidates, {
    comments: [],
    annotated: [],
    waivers: [],
    importSuppressions: false,
    configFile: '.plimsoll.yaml',
    ruleIds,
    today: '2026-06-15',
    ...sources,
  });

describe('parseIgnoreComment', () => {
  test.each<[string, ReturnType<typeof parseIgnoreComment>]>([
    ['# plimsoll-ignore pod/host-pid: it traces', { rules: ['pod/host-pid'], reason: 'it traces' }],
    ['#plimsoll-ignore pod/host-pid:it traces', { rules: ['pod/host-pid'], reason: 'it traces' }],
    ['#  plimsoll-ignore  a/b ,c/d,  e/* :  r  \r', { rules: ['a/b', 'c/d', 'e/*'], reason: 'r' }],
    [
      '# plimsoll-ignore a/b: see https://x.test/1: yes',
      { rules: ['a/b'], reason: 'see https://x.test/1: yes' },
    ],
    ['# plimsoll-ignored a/b: why', undefined],
    ['# plimsoll-ignore-next-line a/b: why', undefined],
    ['# see plimsoll-ignore a/b: why', undefined],
    ['# an ordinary comment', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(parseIgnoreComment(text)).toEqual(expected);
  });

  test.each([
    ['# plimsoll-ignore a/b', 'It gives no reason'],
    ['# plimsoll-ignore a/b:  ', 'It gives no reason'],
    ['# plimsoll-ignore', 'It names no rule'],
    ['# plimsoll-ignore: why', 'It names no rule'],
    ['# plimsoll-ignore a/b,: why', 'It names no rule'],
  ])('%j: %s', (text, problem) => {
    expect(parseIgnoreComment(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('comments', () => {
  function commented(lines: readonly string[]) {
    const [path, text] = ['web.yaml', lines.join('\n')];
    return new Locator(new Map([[path, new SourceReader().read(path, text)]])).commented(false);
  }
  const ignore = '# plimsoll-ignore pod/host-pid: it traces';
  const pod = ['apiVersion: v1', 'kind: Pod'];

  test.each<[string, string[], number, boolean]>([
    ['at the end of the line', ['kind: Pod', `hostPID: true ${ignore}`], 2, true],
    ['on the line above', ['kind: Pod', `  ${ignore}`, 'hostPID: true'], 3, true],
    ['stacked', ['kind: Pod', ignore, '# plimsoll-ignore pod/*: x', '# why', 'hostPID: true'], 5, true],
    ['above a line with a comment of its own', ['kind: Pod', ignore, 'hostPID: true # hm'], 3, true],
    ['below the line', ['kind: Pod', 'hostPID: true', ignore], 2, false],
    ['two lines above', ['kind: Pod', ignore, 'hostIPC: true', 'hostPID: true'], 4, false],
    ['above an empty line', ['kind: Pod', ignore, '', 'hostPID: true'], 4, false],
    ['at the end of the line above', ['kind: Pod', `hostIPC: true ${ignore}`, 'hostPID: true'], 3, false],
    ['for another rule', ['kind: Pod', 'hostPID: true # plimsoll-ignore pod/privileged: x'], 2, false],
    ['for the family', ['kind: Pod', 'hostPID: true # plimsoll-ignore pod/*: x'], 2, true],
    [
      'among several rules',
      ['kind: Pod', 'hostPID: true # plimsoll-ignore image/*, pod/host-pid: x'],
      2,
      true,
    ],
    ['without a reason', ['kind: Pod', 'hostPID: true # plimsoll-ignore pod/host-pid'], 2, false],
    ['above the document', [ignore, ...pod, 'hostPID: true'], 4, true],
    [
      'on the first line of the document',
      [`apiVersion: v1 ${ignore}`, 'kind: Pod', 'hostPID: true'],
      3,
      true,
    ],
    ['above the second document', [...pod, '---', ignore, ...pod, 'hostPID: true'], 7, true],
    ['above another document', [...pod, 'hostPID: true', '---', ignore, ...pod], 3, false],
    ['above the first line of values', [ignore, 'hostPID: true', 'a: 1'], 2, true],
    ['at the top of values', [ignore, 'a: 1', 'hostPID: true'], 3, false],
  ])('%s', (_, lines, line, expected) => {
    const finding = candidate({ line });
    const { suppressions } = run([finding], { comments: commented(lines) });
    expect(suppressions.get(finding)).toEqual(
      expected ? { by: 'comment', reason: expect.stringMatching(/^(it traces|x)$/) } : undefined,
    );
  });

  test('a comment in another file', () => {
    const comments = commented([`hostPID: true ${ignore}`]);
    expect(run([candidate({ file: 'other.yaml', line: 1 })], { comments }).suppressions.size).toBe(0);
  });

  test('what does not work is named with its line', () => {
    const comments = commented([
      'kind: Pod',
      '# plimsoll-ignore pod/host-pid',
      '# plimsoll-ignore pod/host-pidd: x',
      '# plimsoll-ignore *: x',
      'hostPID: true',
    ]);
    const { problems, unused } = run([candidate({ line: 5 })], { comments });
    expect(unused).toEqual([]);
    expect(problems).toEqual([
      {
        file: 'web.yaml',
        line: 2,
        message:
          'This plimsoll-ignore suppresses nothing. It gives no reason: write "# plimsoll-ignore pod/privileged: reason".',
      },
      {
        file: 'web.yaml',
        line: 3,
        message:
          'The plimsoll-ignore of "pod/host-pidd" suppresses nothing. There is no rule "pod/host-pidd". Did you mean "pod/host-pid"?',
      },
      {
        file: 'web.yaml',
        line: 4,
        message: 'The plimsoll-ignore of "*" suppresses nothing. There is no rule "*".',
      },
    ]);
  });

  test('each rule that no finding needs is named', () => {
    const comments = commented([
      'kind: Pod',
      'hostPID: true # plimsoll-ignore pod/host-pid, pod/privileged: x',
    ]);
    expect(run([candidate({ line: 2 })], { comments }).unused).toEqual([
      {
        file: 'web.yaml',
        line: 2,
        message: 'The plimsoll-ignore of "pod/privileged" suppresses nothing and can be removed.',
      },
    ]);
  });
});

describe('annotations', () => {
  const on = (annotations: Record<string, unknown>) => [{ annotations, file: 'web.yaml', line: 5 }];

  test.each<[string, Record<string, unknown>, boolean]>([
    ['the rule', { 'ignore.plimsoll.dev/pod.host-pid': ' it traces ' }, true],
    ['its family', { 'ignore.plimsoll.dev/pod': 'it traces' }, true],
    ['another rule', { 'ignore.plimsoll.dev/pod.privileged': 'it traces' }, false],
    ['another prefix', { 'plimsoll.dev/pod.host-pid': 'it traces' }, false],
    ['no reason', { 'ignore.plimsoll.dev/pod.host-pid': ' ' }, false],
    ['a reason that is no text', { 'ignore.plimsoll.dev/pod.host-pid': true }, false],
  ])('%s', (_, annotations, expected) => {
    const finding = candidate({ annotations });
    const { suppressions } = run([finding], { annotated: on(annotations) });
    expect(suppressions.get(finding)).toEqual(
      expected ? { by: 'annotation', reason: 'it traces' } : undefined,
    );
  });

  test('holds for its own object only, whatever others are called', () => {
    const annotations = { 'ignore.plimsoll.dev/pod.host-pid': 'x' };
    const others = [candidate(), candidate({ annotations: { ...annotations } })];
    expect(run(others, { annotated: on(annotations) }).suppressions.size).toBe(0);
  });

  test('in all objects of one template is one annotation', () => {
    const broken = 'ignore.plimsoll.dev/image';
    const copies = [0, 1, 2].map(() => ({ 'ignore.plimsoll.dev/pod.host-pid': 'x', [broken]: '' }));
    const findings = copies.map((annotations) => candidate({ annotations }));
    // The first of the three targets does not have the fault.
    const { suppressions, problems, unused } = run(findings.slice(1), { annotated: copies.flatMap(on) });
    expect(suppressions.size).toBe(2);
    expect(problems.map(({ message }) => message.includes(broken))).toEqual([true]);
    expect(unused).toEqual([]);
  });

  test('what does not work and what is not needed is named', () => {
    const annotations = {
      'ignore.plimsoll.dev/pod.host-pid': '',
      'ignore.plimsoll.dev/pod.host-pth': 'x',
      'ignore.plimsoll.dev/image': 'x',
      'example.com/pod.host-pid': 'x',
    };
    const { problems, unused } = run([candidate({ annotations })], { annotated: on(annotations) });
    const place = { file: 'web.yaml', line: 5 };
    expect(problems).toEqual([
      {
        ...place,
        message:
          'The annotation ignore.plimsoll.dev/pod.host-pid suppresses nothing. Its value must be the reason.',
      },
      {
        ...place,
        message:
          'The annotation ignore.plimsoll.dev/pod.host-pth suppresses nothing. There is no rule "pod/host-pth". Did you mean "pod/host-path"?',
      },
    ]);
    expect(unused).toEqual([
      {
        ...place,
        message: 'The annotation ignore.plimsoll.dev/image suppresses nothing and can be removed.',
      },
    ]);
  });
});

describe('waivers', () => {
  const waiver = (given: Partial<Waiver> = {}): Waiver => ({
    rule: 'pod/host-pid',
    path: '**',
    reason: 'it traces',
    line: 7,
    ...given,
  });

  test.each<[string, Partial<Waiver>, boolean]>([
    ['everywhere', {}, true],
    ['the file', { path: 'web.yaml' }, true],
    ['another file', { path: 'api.yaml' }, false],
    ['the family', { rule: 'pod/*' }, true],
    ['another rule', { rule: 'pod/privileged' }, false],
    ['the object', { object: 'Deployment/web' }, true],
    ['the object in its namespace', { object: 'Deployment/shop/w*' }, true],
    ['another object', { object: 'Deployment/api' }, false],
    ['until tomorrow', { until: '2026-06-16' }, true],
    ['until today', { until: '2026-06-15' }, true],
    ['until yesterday', { until: '2026-06-14' }, false],
    ['until last year', { until: '2025-12-31' }, false],
  ])('%s', (_, given, expected) => {
    const finding = candidate();
    expect(run([finding], { waivers: [waiver(given)] }).suppressions.has(finding)).toBe(expected);
  });

  test('owner and last day are kept', () => {
    const finding = candidate();
    const waivers = [waiver({ owner: 'team-a', until: '2026-07-01' })];
    expect(run([finding], { waivers }).suppressions.get(finding)).toEqual({
      by: 'waiver',
      reason: 'it traces',
      owner: 'team-a',
      until: '2026-07-01',
    });
  });

  test('a waiver of an object does not hold for a file as such', () => {
    const { object: _, ...finding } = candidate({ rule: 'schema/yaml-invalid' });
    const of = (given: Partial<Waiver>) =>
      run([finding], { waivers: [waiver({ rule: 'schema/yaml-invalid', ...given })] }).suppressions.size;
    expect([of({}), of({ object: '*/*' })]).toEqual([1, 0]);
  });

  test('the expired and the unused are named with their line', () => {
    const { problems, unused } = run([candidate()], {
      waivers: [
        waiver({ until: '2026-01-31', owner: 'team-a', line: 3 }),
        waiver({ until: '2026-01-31', path: 'gone.yaml', line: 4 }),
        waiver({ path: 'gone.yaml', until: '2027-01-01', line: 5 }),
        waiver({ line: 6 }),
      ],
    });
    const file = '.plimsoll.yaml';
    expect(problems).toEqual([
      {
        file,
        line: 3,
        message:
          'The waiver of pod/host-pid for "**" expired on 2026-01-31 and suppresses nothing any more. Its owner is "team-a".',
      },
      {
        file,
        line: 4,
        message:
          'The waiver of pod/host-pid for "gone.yaml" expired on 2026-01-31 and suppresses nothing any more.',
      },
    ]);
    expect(unused).toEqual([
      {
        file,
        line: 5,
        message: 'The waiver of pod/host-pid for "gone.yaml" suppresses nothing and can be removed.',
      },
    ]);
  });
});

test('the nearest to the finding is named, and all that match are in use', () => {
  const annotations = { 'ignore.plimsoll.dev/pod.host-pid': 'by annotation' };
  const finding = candidate({ line: 1, annotations });
  const comments = [
    {
      file: 'web.yaml',
      text: '',
      comments: [{ line: 1, text: '# plimsoll-ignore pod/host-pid: by comment', ownLine: false }],
      documents: [],
    },
  ];
  const annotated = [{ annotations, file: 'web.yaml', line: 1 }];
  const waivers = [{ rule: 'pod/*', path: '.', reason: 'by waiver' }];
  const reasonWith = (sources: Partial<SuppressionSources>) => {
    const { suppressions, unused } = run([finding], sources);
    return [suppressions.get(finding)?.reason, unused];
  };
  expect(reasonWith({ comments, annotated, waivers })).toEqual(['by comment', []]);
  expect(reasonWith({ annotated, waivers })).toEqual(['by annotation', []]);
  expect(reasonWith({ waivers })).toEqual(['by waiver', []]);
});
