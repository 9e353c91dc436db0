import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Report } from '../src/judge/report.ts';
import { commitAll, git, link, scratch, write } from './files/repository.ts';
import { runCommand } from './run-command.ts';

let root: string;

beforeEach(() => {
  root = scratch();
});

const lay = (files: Readonly<Record<string, string | Uint8Array>>) => write(root, files);
const plimsoll = (...args: string[]) => runCommand(root, ...args);

async function reportOf(...args: string[]): Promise<Report> {
  const { out } = await plimsoll('check', '--format', 'json', ...args);
  return JSON.parse(out);
}

const privileged = (name: string) => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
spec:
  securityContext:
    runAsNonRoot: true
  containers:
    - name: app
      image: registry.example.com/app:1.2.3
      resources:
        limits:
          memory: 1Gi
      securityContext:
        allowPrivilegeEscalation: false
        privileged: true
`;
const sound = privileged('sound').replace('        privileged: true\n', '');
const only = ['--only', 'pod/privileged'];

describe('check', () => {
  test('finds, points at the line, and fails', async () => {
    lay({ 'apps/api.yaml': privileged('api'), 'README.md': '# hello\n' });
    const { code, out, err } = await plimsoll('check', ...only);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain(
      'apps/api.yaml\n  Pod shop/api, container app\n    17:9  critical  Container app runs privileged.  pod/privileged',
    );
    expect(out).toContain('Failed: 1 finding at high or above (1 critical). Checked 1 object in 1 file.\n');
  });

  test('passes when nothing is wrong', async () => {
    lay({ 'a.yaml': sound });
    expect(await plimsoll('check', ...only)).toEqual({
      code: 0,
      out: 'Passed: no findings. Checked 1 object in 1 file.\n',
      err: '',
    });
  });

  test('passes when what it finds is milder than --fail-on', async () => {
    lay({ 'a.yaml': privileged('api') });
    expect((await plimsoll('check', ...only, '--fail-on', 'never')).code).toBe(0);
  });

  test('says so when there is nothing to check', async () => {
    lay({ 'README.md': '# hello\n' });
    const { code, out } = await plimsoll('check');
    expect({ code, out }).toEqual({ code: 0, out: 'No Kubernetes manifests found in 1 file.\n' });
  });

  test('takes a directory or a file below, with paths as one would type them', async () => {
    lay({ 'apps/api.yaml': privileged('api'), 'apps/web.yaml': privileged('web') });
    const files = async (path: string) =>
      (await reportOf(path, ...only)).findings.map(({ location }) => location.file);
    expect(await files('apps')).toEqual(['apps/api.yaml', 'apps/web.yaml']);
    expect(await files('apps/web.yaml')).toEqual(['apps/web.yaml']);
    expect(await files(join(root, 'apps'))).toEqual(['apps/api.yaml', 'apps/web.yaml']);
  });

  test('writes the report to a file', async () => {
    lay({ 'a.yaml': privileged('api') });
    const { code, out } = await plimsoll('check', ...only, '--format', 'json', '--output', 'report.json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')).verdict.new).toBe(1);
  });

  test('gives the same bytes for the same files', async () => {
    lay({ 'b.yaml': privileged('b'), 'a.yaml': `${privileged('a')}---\n${privileged('c')}` });
    const runs = [await plimsoll('check', '--format', 'json'), await plimsoll('check', '--format', 'json')];
    expect(runs[0]).toEqual(runs[1]);
  });

  test('expands lists', async () => {
    const item = privileged('in-list').replaceAll('\n', '\n    ').trimEnd();
    lay({ 'list.yaml': `apiVersion: v1\nkind: List\nitems:\n  - ${item}\n` });
    const report = await reportOf(...only);
    expect(report.coverage.objects).toBe(1);
    expect(report.findings.map(({ location, pointer }) => [location.line, pointer])).toEqual([
      [20, '/spec/containers/0/securityContext/privileged'],
    ]);
  });

  test('places a finding in an aliased value at the anchor, and names the alias', async () => {
    const pod = privileged('api').replace('      securityContext:\n', '      securityContext: &loose\n');
    const second =
      '    - name: second\n      image: registry.example.com/app:1.2.3\n      securityContext: *loose\n';
    lay({ 'a.yaml': pod + second });
    const { findings } = await reportOf('--only', 'pod/privileged');
    expect(
      findings.map(({ object, location, related }) => [object?.container, location.line, related[0]?.line]),
    ).toEqual([
      ['app', 17, undefined],
      ['second', 17, 20],
    ]);
  });
});

describe('what is not checked', () => {
  test('every file is counted once, and named with the reason when it was left out', async () => {
    lay({
      '.plimsoll.yaml': 'exclude: [vendor]\n',
      'a.yaml': sound,
      'vendor/b.yaml': privileged('vendored'),
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/templates/deployment.yaml': 'apiVersion: v1\nkind: {{ .Values.kind }}\n',
      'chart/crds/crd.yaml': sound,
      'overlay/kustomization.yaml': 'resources: [../base, pod.yaml]\n',
      'overlay/pod.yaml': privileged('overlaid'),
      'overlay/loose.yaml': sound,
      'template.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n',
      'flux.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${CLUSTER}\n',
      'broken.yaml': `apiVersion: v1\nkind: Pod\n  bad: indent\n---\n${sound}`,
      'big.yaml': `# apiVersion kind\n${'#'.repeat(11 * 1024 * 1024)}`,
      'values.yaml': 'replicas: 1\n',
      'notes.txt': 'hello',
    });
    const { coverage, findings } = await reportOf('--only', 'schema/yaml-invalid');
    expect(coverage.notChecked.map(({ file, status, cause }) => `${file} ${status} ${cause}`)).toEqual([
      'big.yaml failed too-large',
      'broken.yaml failed yaml-invalid',
      'flux.yaml failed unresolved-variable',
      'overlay/kustomization.yaml failed build-broken',
      'overlay/pod.yaml failed build-broken',
      'template.yaml failed go-template',
      'vendor/b.yaml excluded config-exclude',
    ]);
    expect(coverage.files).toEqual({ total: 15, checked: 5, notKubernetes: 3, excluded: 1, failed: 6 });
    expect(coverage.objects).toBe(4);
    expect(findings.map(({ location, message }) => `${location.file}:${location.line} ${message}`)).toEqual([
      'broken.yaml:3 This line is indented more than the lines it belongs with.',
    ]);
  });
});

describe('wrong usage ends with 2 and no stack', () => {
  test.each<[string, string[], string]>([
    [
      'unknown command',
      ['chek'],
      'error: There is no command "chek". Did you mean "check"?\nSee plimsoll --help.\n',
    ],
    [
      'unknown option',
      ['check', '--fail-ok', 'high'],
      'error: There is no option --fail-ok. Did you mean "--fail-on"?\nSee plimsoll --help.\n',
    ],
    [
      'unknown format',
      ['check', '--format', 'jsn'],
      'error: --format: "jsn" is none of terminal, json, markdown. Did you mean "json"?\n',
    ],
    [
      'unknown rule',
      ['check', '--only', 'pod/privilegd'],
      'error: only: There is no rule "pod/privilegd". Did you mean "pod/privileged"?\n',
    ],
    [
      'no such path',
      ['check', 'nowhere'],
      'error: nowhere: There is no such file or directory.\nName what is to be checked.\n',
    ],
    ['two paths', ['check', 'a', 'b'], 'error: b: Only one path can be given.\n'],
    [
      'scope without base',
      ['check', '--scope', 'changed'],
      'error: --scope changed: It is not known what the change starts from.\nGive the revision with --base, such as --base origin/main.\n',
    ],
    [
      'unwritable output',
      ['check', '--output', 'no/such/dir/x'],
      'error: no/such/dir/x: The output cannot be written.',
    ],
    [
      'unknown rule to explain',
      ['explain', 'pod/privilegd'],
      'error: There is no rule "pod/privilegd". Did you mean "pod/privileged"?',
    ],
  ])('%s', async (_, args, expected) => {
    const { code, out, err } = await plimsoll(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(expected);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each([
    ['below', ['check', '--config', 'ci/plimsoll.yaml'], 'ci/plimsoll.yaml'],
    ['elsewhere', ['check', 'apps', '--config', '../outside/plimsoll.yaml'], 'plimsoll.yaml'],
    ['nowhere', ['check', '--config', 'missing.yaml'], 'missing.yaml'],
  ])('a config that is named: %s', async (_, args, where) => {
    const [inner, outside] = [join(root, 'inner'), join(root, 'outside')];
    lay({
      'inner/ci/plimsoll.yaml': 'nope: 1\n',
      'outside/plimsoll.yaml': 'nope: 1\n',
      'inner/apps/a.yaml': sound,
    });
    root = inner;
    const { code, err } = await plimsoll(...args);
    root = dirname(outside);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^error: ${where}:`));
  });

  test('a mistake in the config has line and column', async () => {
    lay({ '.plimsoll.yaml': 'profile: strict\nfail-onn: high\n' });
    const { code, err } = await plimsoll('check');
    expect(code).toBe(2);
    expect(err).toMatch(/^error: \.plimsoll\.yaml:2:1: .*fail-onn.*Did you mean "fail-on"\?/);
  });
});

describe('rules and explain', () => {
  test('every rule can be explained', async () => {
    const { out } = await plimsoll('rules');
    const ids = out.match(/^[a-z-]+\/[a-z-]+(?= )/gm) ?? [];
    expect(ids.length).toBeGreaterThan(30);
    for (const id of ids) {
      const explained = await plimsoll('explain', id);
      expect(explained.code).toBe(0);
      expect(explained.out).toContain(`docs/rules/${id}.md`);
    }
  });

  test('a rule is found by what another tool calls it', async () => {
    expect(await plimsoll('explain', 'AVD-KSV-0017')).toEqual(await plimsoll('explain', 'pod/privileged'));
  });
});

describe('a change', () => {
  const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';

  test('findings in files that it does not touch do not decide', async () => {
    lay({ 'old.yaml': privileged('old') });
    commitAll(root);
    lay({ 'sound.yaml': sound });
    const passed = await plimsoll('check', ...only, '--base', 'main');
    expect(passed.code).toBe(0);
    expect(passed.out).toContain('1 in files it does not touch');
    lay({ 'new.yaml': privileged('new') });
    const { verdict, findings } = await reportOf(...only, '--base', 'main');
    expect(findings.map(({ location, state }) => `${location.file} ${state}`)).toEqual([
      'new.yaml new',
      'old.yaml existing',
    ]);
    expect([verdict.passed, verdict.scope, verdict.new, verdict.existing]).toEqual([false, 'changed', 1, 1]);
  });

  test('an immutable field is compared with the base', async () => {
    const claim = (size: string) =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  resources:\n    requests:\n      storage: ${size}\n`;
    const shrunk = ['--only', 'schema/immutable-field-changed'];
    lay({ 'claim.yaml': claim('10Gi') });
    commitAll(root);
    lay({ 'claim.yaml': claim('20Gi') });
    expect((await plimsoll('check', ...shrunk, '--base', 'main')).code).toBe(0);
    lay({ 'claim.yaml': claim('5Gi') });
    const { verdict, findings } = await reportOf(...shrunk, '--base', 'main');
    expect(findings.map(({ location, state }) => `${location.file}:${location.line} ${state}`)).toEqual([
      'claim.yaml:8 new',
    ]);
    expect(verdict.passed).toBe(false);
    // Without a base nothing is known of before.
    expect((await plimsoll('check', ...shrunk)).code).toBe(0);
  });

  test('the config may name targets and values files that the base does not have', async () => {
    lay({ '.plimsoll.yaml': 'comment: false\n', 'web/Chart.yaml': chart, 'web/templates/a.yaml': sound });
    commitAll(root);
    lay({
      '.plimsoll.yaml': 'targets:\n  - path: api\n  - path: web\n    values: [prod.yaml]\n',
      'api/Chart.yaml': chart,
      'api/templates/a.yaml': sound,
      'web/prod.yaml': 'a: 1\n',
    });
    const all = ['--only', 'schema/*', '--base', 'main'];
    expect((await plimsoll('check', ...all)).err).toBe('');
    const { coverage } = await reportOf(...all);
    expect(coverage.targets).toBe(2);
    lay({ '.plimsoll.yaml': 'targets:\n  - path: apj\n' });
    expect((await plimsoll('check', ...all)).err).toContain('Did you mean "api"?');
  });

  test('an unknown revision is the user’s mistake', async () => {
    lay({ 'a.yaml': sound });
    git(root, 'init', '--quiet');
    const { code, err } = await plimsoll('check', '--base=--output=x');
    expect(code).toBe(2);
    expect(err).toContain('git knows no revision "--output=x" here.');
  });
});

describe('bad input never breaks a run', () => {
  const bomb = (() => {
    const lines = ['apiVersion: v1', 'kind: ConfigMap', 'a0: &a0 [x, x, x, x]'];
    for (let i = 1; i < 40; i++) lines.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`);
    return lines.join('\n');
  })();
  const head = 'apiVersion: v1\nkind: ConfigMap\n';
  const evil = '::error file=x::pwned\n##[error]pwned';

  test.each<[string, string, string | Uint8Array, string]>([
    ['YAML bomb', 'a.yaml', bomb, 'failed'],
    ['20,000 levels of brackets', 'a.yaml', `${head}data: ${'['.repeat(20_000)}`, 'failed'],
    [
      '20,000 levels of lines',
      'a.yaml',
      `${head}data:\n${Array.from({ length: 20_000 }, (_, i) => `${' '.repeat(Math.min(i, 400) + 1)}a:`).join('\n')}`,
      'failed',
    ],
    ['20,000 dashes', 'a.yaml', `${head}data: \n  ${'- '.repeat(20_000)}`, 'failed'],
    ['a mistake before 20,000 brackets', 'a.yaml', `${head}data: a: b\nx: ${'['.repeat(20_000)}`, 'failed'],
    [
      'a line of 9 MB',
      'a.yaml',
      `${head}metadata: {name: x}\ndata: {a: "${'x'.repeat(9_000_000)}"}`,
      'checked',
    ],
    ['NUL bytes', 'a.yaml', `${head}metadata: {name: "\0"}`, 'failed'],
    ['UTF-16', 'a.yaml', Buffer.from(`\ufeff${head}metadata: {name: x}\n`, 'utf16le'), 'checked'],
    ['UTF-8 with a byte order mark', 'a.yaml', `\ufeff${head}metadata: {name: x}\n`, 'checked'],
    [
      'invalid UTF-8',
      'a.yaml',
      Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe, 0x0a])]),
      'failed',
    ],
    ['CRLF', 'a.yaml', `${head}metadata: {name: x}\n`.replaceAll('\n', '\r\n'), 'checked'],
    [
      '__proto__',
      'a.yaml',
      `${head}metadata: {name: x, __proto__: {a: b}}\n__proto__: {kind: Pod}\nconstructor: {prototype: 1}\n`,
      'checked',
    ],
    ['commands in names', 'a.yaml', `${head}metadata: {name: ${JSON.stringify(evil)}}\n`, 'checked'],
    [
      'markup in names',
      'a.yaml',
      `${head}metadata: {name: "<img src=x onerror=1>|[x](y)\`@all"}\n`,
      'checked',
    ],
    ['escapes in names', 'a.yaml', `${head}metadata: {name: "\\e[31mred\\u202E"}\n`, 'checked'],
    ['a name with a line break', 'a\n::error::x.yaml', `${head}metadata: {name: x}\n`, 'checked'],
    ['a name with %0A', 'a%0A::error::x.yaml', `${head}metadata: {name: x}\n`, 'checked'],
    [
      'types where others belong',
      'a.yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: 3\nspec: {template: {spec: [], metadata: x}}\n',
      'checked',
    ],
    [
      'nothing but nulls',
      'a.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata:\nspec: {containers: [null, 1, x, []], volumes: {a: b}}\n',
      'checked',
    ],
    [
      'a list in a list in a list',
      'a.yaml',
      'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: []}]}]\n',
      'checked',
    ],
  ])('%s', async (_, file, content, status) => {
    lay({ [file]: content, 'sound.yaml': sound });
    const { code, out, err } = await plimsoll('check', '--all-rules', '--format', 'json');
    expect([0, 1]).toContain(code);
    expect(err).toBe('');
    const report: Report = JSON.parse(out);
    const { total, checked, notKubernetes, excluded, failed } = report.coverage.files;
    expect(checked + notKubernetes + excluded + failed).toBe(total);
    expect({ checked, failed }).toEqual(
      status === 'checked' ? { checked: 2, failed: 0 } : { checked: 1, failed: 1 },
    );
    expect(report.notices).toEqual([]);
    // The other file was checked all the same.
    expect(report.findings.filter(({ location }) => location.file === 'sound.yaml')).not.toEqual([]);

    for (const format of ['terminal', 'markdown']) {
      const text = (await plimsoll('check', '--all-rules', '--verbose', '--format', format)).out;
      expect(text.split('\n').filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
      expect(text).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
    }
  });

  test('a loop of symbolic links', async () => {
    lay({ 'sound.yaml': sound });
    link(root, { 'loop.yaml': 'loop.yaml', 'passwd.yaml': '/etc/passwd', here: '.' });
    const { coverage } = await reportOf();
    expect(coverage.files).toMatchObject({ checked: 1, failed: 2 });
  });
});

describe('charts and overlays', () => {
  const chart = {
    'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    'charts/api/templates/pod.yaml': privileged('{{ .Values.name }}'),
    'charts/api/values.yaml': 'name: api\n',
  };
  const overlay = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': privileged('web'),
    'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
  };

  test('are rendered', async () => {
    lay({ ...chart, ...overlay });
    const { findings } = await reportOf('--only', 'pod/privileged');
    expect(
      findings.map(({ location, object, targets }) => [location.file, location.line, object?.name, targets]),
    ).toEqual([
      ['base/pod.yaml', 17, 'prod-web', ['prod']],
      ['charts/api/templates/pod.yaml', 17, 'api', ['charts/api']],
    ]);
  });

  test.each([
    ['prod', ['prod'], 1],
    ['base', ['base'], 2],
    ['prod/kustomization.yaml', ['prod'], 1],
    ['charts', ['charts/api'], 3],
  ])('%s alone may refer to what lies elsewhere', async (path, targets, total) => {
    lay({ ...chart, ...overlay });
    const { findings, coverage } = await reportOf('--only', 'pod/privileged,references/*', path);
    expect(findings.flatMap((finding) => finding.targets)).toEqual(targets);
    expect(coverage.files.total).toBe(total);
  });

  test('a target of the config that is not there ends the run', async () => {
    lay({ ...chart, '.plimsoll.yaml': 'targets:\n  - path: charts/apo\n' });
    expect(await plimsoll('check')).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        '.plimsoll.yaml:2:5: There is neither a chart nor a kustomization in "charts/apo"',
      ),
    });
  });
});
