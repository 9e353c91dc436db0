import { describe, expect, test } from '@jest/globals';
import { SourceReader } from '../../src/discover/source-file.ts';
import {
  type ForeignWaiver,
  isForeignAnnotation,
  mayHaveForeignComments,
  parseForeignAnnotations,
  parseForeignComment,
} from '../../src/judge/foreign-suppressions.ts';
import { Locator } from '../../src/judge/locate.ts';
import { suppress } from '../../src/judge/suppress.ts';
import { checkFiles } from '../fixtures.ts';
import { candidate, ruleIds } from './candidates.ts';

describe('parseForeignComment', () => {
  const trivy = (name: string, rest: Partial<ForeignWaiver> = {}): ForeignWaiver => ({
    tool: 'trivy',
    checks: [name],
    reason: '',
    ...rest,
  });

  test.each<[string, readonly ForeignWaiver[]]>([
    ['#trivy:ignore:KSV-0017', [trivy('KSV-0017')]],
    ['# trivy:ignore:AVD-KSV-0017', [trivy('AVD-KSV-0017')]],
    ['# trivy:ignore:KSV-0010 #trivy:ignore:KSV-0017', [trivy('KSV-0010'), trivy('KSV-0017')]],
    ['# trivy:ignore:KSV-0017 reads the devices', [trivy('KSV-0017', { reason: 'reads the devices' })]],
    ['# trivy:ignore:*', [{ tool: 'trivy', checks: 'all', reason: '' }]],
    ['# trivy:ignore:KSV-0017[name=app]', [trivy('KSV-0017')]],
    ['# trivy:ignore:KSV-0017:exp:2027-03-31', [trivy('KSV-0017', { expires: Date.UTC(2027, 2, 31) })]],
    ['# trivy:ignore:KSV-0017:exp:soon', [trivy('KSV-0017', { expires: Number.NaN })]],
    ['# trivy:ignore', []],
    ['# not-trivy:ignore:KSV-0017', []],
    ['# checkov:skip=CKV_K8S_16', [{ tool: 'checkov', checks: ['CKV_K8S_16'], reason: '' }]],
    ['#checkov:skip=CKV_K8S_16:"devices"', [{ tool: 'checkov', checks: ['CKV_K8S_16'], reason: 'devices' }]],
    [
      '# checkov:skip=CKV_K8S_16,CKV_K8S_17: devices: all',
      [{ tool: 'checkov', checks: ['CKV_K8S_16', 'CKV_K8S_17'], reason: 'devices: all' }],
    ],
    ['# checkov:skip=', []],
    ['# an ordinary comment', []],
  ])('%j', (text, expected) => {
    expect(parseForeignComment(text)).toEqual(expected);
    if (expected.length > 0) expect(mayHaveForeignComments(`a: 1 ${text}\n`)).toBe(true);
  });
});

describe('parseForeignAnnotations', () => {
  test.each<[Record<string, unknown>, ForeignWaiver]>([
    [
      { 'ignore-check.kube-linter.io/host-pid': ' traces ' },
      { tool: 'kube-linter', checks: ['host-pid'], reason: 'traces' },
    ],
    [
      { 'ignore-check.kube-linter.io/host-pid': null },
      { tool: 'kube-linter', checks: ['host-pid'], reason: '' },
    ],
    [{ 'kube-linter.io/ignore-all': 'old' }, { tool: 'kube-linter', checks: 'all', reason: 'old' }],
    [{ 'polaris.fairwinds.com/exempt': 'true' }, { tool: 'polaris', checks: 'all', reason: '' }],
    [
      { 'polaris.fairwinds.com/hostPIDSet-exempt': 'True' },
      { tool: 'polaris', checks: ['hostPIDSet'], reason: '' },
    ],
    [
      { 'polaris.fairwinds.com/hostPIDSet-exempt': true },
      { tool: 'polaris', checks: ['hostPIDSet'], reason: '' },
    ],
    [{ 'checkov.io/skip1': 'CKV_K8S_17' }, { tool: 'checkov', checks: ['CKV_K8S_17'], reason: '' }],
    [{ 'checkov.io/skip12': 'CKV_K8S_17=a=b' }, { tool: 'checkov', checks: ['CKV_K8S_17'], reason: 'a=b' }],
    [{ 'bridgecrew.io/skip1': 'CKV_K8S_17' }, { tool: 'checkov', checks: ['CKV_K8S_17'], reason: '' }],
    [
      { 'kube-score/ignore': 'service-type, pod-probes' },
      { tool: 'kube-score', checks: ['service-type', 'pod-probes'], reason: '' },
    ],
    [
      { 'kubescape.io/skip-controls': 'C-0038', 'kubescape.io/skip-reason': 'traces' },
      { tool: 'kubescape', checks: ['C-0038'], reason: 'traces' },
    ],
    [
      { 'kubescape.io/skip-controls': 'C-0038', 'kubescape.io/skip-expiry': '2026-12-31T23:59:59Z' },
      { tool: 'kubescape', checks: ['C-0038'], reason: '', expires: Date.UTC(2026, 11, 31, 23, 59, 59) },
    ],
  ])('%j', (annotations, expected) => {
    expect(Object.keys(annotations).some(isForeignAnnotation)).toBe(true);
    expect(parseForeignAnnotations(annotations).filter(({ checks }) => checks.length > 0)).toEqual([
      expected,
    ]);
  });

  test.each<[Record<string, unknown>]>([
    [{ 'polaris.fairwinds.com/exempt': 'false' }],
    [{ 'polaris.fairwinds.com/hostPIDSet-exempt': 'truthy' }],
    [{ 'kube-score/enable': 'service-type' }],
    [{ 'kube-score/ignore': ['service-type'] }],
    [{ 'kubescape.io/skip-reason': 'traces' }],
    [{ 'example.com/ignore': 'host-pid' }],
  ])('%j waives nothing', (annotations) => {
    expect(parseForeignAnnotations(annotations).filter(({ checks }) => checks.length > 0)).toEqual([]);
  });
});

function suppressed(
  given: Parameters<typeof candidate>[0],
  source: { readonly lines?: readonly string[]; readonly annotations?: Record<string, unknown> },
  importSuppressions = true,
) {
  const finding = candidate({
    ...given,
    ...(source.annotations !== undefined && { annotations: source.annotations }),
  });
  const [path, text] = ['web.yaml', (source.lines ?? []).join('\n')];
  const locator = new Locator(new Map([[path, new SourceReader().read(path, text)]]));
  const { annotations } = source;
  const { suppressions, problems, unused } = suppress([finding], {
    comments: locator.commented(importSuppressions),
    annotated: annotations === undefined ? [] : [{ annotations, file: path, line: 4 }],
    waivers: [],
    importSuppressions,
    configFile: undefined,
    ruleIds,
    today: '2026-06-15',
  });
  expect([...problems, ...unused]).toEqual([]);
  return suppressions.get(finding);
}

describe('where a comment holds', () => {
  const ignore = '# trivy:ignore:KSV-0010';
  const pod = ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:'];
  const app = ['    - name: app', '      securityContext:', '        privileged: true', '    - name: web'];

  test.each<[string, readonly string[], number, boolean]>([
    ['above the item of a list: its first line', [...pod, `    ${ignore}`, ...app], 6, true],
    ['above the item of a list: its last line', [...pod, `    ${ignore}`, ...app], 8, true],
    ['above the item of a list: not the next item', [...pod, `    ${ignore}`, ...app], 9, false],
    ['above another comment', [...pod, `    ${ignore}`, '    # why', ...app], 9, true],
    ['at the end of the item’s first line', [...pod, `    - name: app ${ignore}`, '      image: x'], 6, true],
    ['at the end of a field', [...pod, `    - name: app`, `      image: x ${ignore}`], 5, false],
    ['above a key: its value', [...pod.slice(0, 2), ignore, 'spec:', '  hostPID: true'], 5, true],
    ['above a key: a list without indentation', ['kind: Pod', ignore, 'a:', '- b: 1', 'c: 1'], 4, true],
    ['above a key: not the next key', ['kind: Pod', ignore, 'a:', '- b: 1', 'c: 1'], 5, false],
    ['above the document', [ignore, ...pod, ...app], 8, true],
    ['above another document', [...pod, '---', ignore, ...pod], 3, false],
    ['over an empty line', ['kind: Pod', ignore, 'a:', '', '  b: 1'], 5, true],
  ])('%s', (_, lines, line, expected) => {
    expect(suppressed({ line }, { lines })).toEqual(
      expected ? { by: 'comment', reason: "by trivy's comment" } : undefined,
    );
    expect(suppressed({ line }, { lines }, false)).toBeUndefined();
  });
});

test.each<[string, Record<string, unknown>, object | undefined]>([
  ['with their reason', { 'checkov.io/skip1': 'CKV_K8S_17=traces' }, { reason: 'traces' }],
  ['without a reason', { 'checkov.io/skip1': 'CKV_K8S_17' }, { reason: "by checkov's annotation" }],
  ['of another check', { 'checkov.io/skip1': 'CKV_K8S_16' }, undefined],
  ['of a check that there is not', { 'checkov.io/skip1': 'CKV_K8S_9999=x' }, undefined],
  [
    'that still holds',
    { 'kubescape.io/skip-controls': 'C-0038', 'kubescape.io/skip-expiry': '2026-06-15T12:00:00Z' },
    { reason: "by kubescape's annotation", until: '2026-06-15' },
  ],
  [
    'that holds no more',
    { 'kubescape.io/skip-controls': 'C-0038', 'kubescape.io/skip-expiry': '2026-06-15T00:00:00Z' },
    undefined,
  ],
  [
    'with a day that cannot be read',
    { 'kubescape.io/skip-controls': 'C-0038', 'kubescape.io/skip-expiry': 'soon' },
    undefined,
  ],
  ['of everything', { 'kube-linter.io/ignore-all': '' }, { reason: "by kube-linter's annotation" }],
])('an annotation %s', (_, annotations, expected) => {
  expect(suppressed({}, { annotations })).toEqual(expected && { by: 'annotation', ...expected });
  expect(suppressed({}, { annotations }, false)).toBeUndefined();
});

test('everything is what the other tool looks for', () => {
  const annotations = { 'kube-linter.io/ignore-all': 'old' };
  expect(suppressed({ rule: 'pod/host-path' }, { annotations })).toBeUndefined();
  expect(
    suppressed({ rule: 'pod/host-path' }, { annotations: { 'polaris.fairwinds.com/exempt': 'true' } }),
  ).toBeDefined();
});

test('a suppression of our own is the one that is reported', () => {
  const annotations = { 'checkov.io/skip1': 'CKV_K8S_17=theirs', 'ignore.plimsoll.dev/pod.host-pid': 'ours' };
  expect(suppressed({}, { annotations })).toEqual({ by: 'annotation', reason: 'ours' });
});

describe('on a chart and a manifest', () => {
  const container = (comment: string) => `spec:
  containers:
    ${comment}
    - name: app
      image: registry.example.com/app:1.0.0
      securityContext:
        privileged: {{ .Values.privileged }}
`;
  const head = (annotations: string) => `apiVersion: v1
kind: Pod
metadata:
  name: api
  annotations: {${annotations}}
`;
  const run = async (config: string, annotations: string, comment: string) => {
    const text = head(annotations) + container(comment);
    const { findings, notices } = await checkFiles({
      '.plimsoll.yaml': config,
      'chart/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
      'chart/values.yaml': 'privileged: true\n',
      'chart/templates/pod.yaml': text,
      'plain/pod.yaml': text.replace(/\{\{.*\}\}/, 'true'),
    });
    expect(notices).toEqual([]);
    return findings
      .filter(({ rule }) => rule === 'pod/privileged')
      .map(({ location, suppressed }) => `${location.file} ${suppressed?.by ?? 'open'}`);
  };

  test.each([
    ['', '# trivy:ignore:KSV-0017', 'comment'],
    ['', '# checkov:skip=CKV_K8S_16:reads devices', 'comment'],
    ['"checkov.io/skip1": CKV_K8S_16', '#', 'annotation'],
    ['', '# trivy:ignore:KSV-0010', 'open'],
  ])('%s %s', async (annotations, comment, by) => {
    expect(await run('import-suppressions: true\n', annotations, comment)).toEqual([
      `chart/values.yaml ${by}`,
      `plain/pod.yaml ${by}`,
    ]);
  });

  test('unless it is asked for, they do not count', async () => {
    expect(await run('{}\n', '"kube-linter.io/ignore-all": x', '# trivy:ignore:*')).toEqual([
      'chart/values.yaml open',
      'plain/pod.yaml open',
    ]);
  });
});
