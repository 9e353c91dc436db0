import { describe, expect, test } from '@jest/globals';
import { check } from '../src/check.ts';
import { loadConfig } from '../src/config/load.ts';
import { resolveSettings } from '../src/config/settings.ts';
import { memoryTree } from '../src/files/memory.ts';
import { ruleIds, rules } from '../src/rules/index.ts';
import { checkFiles, shippedEngine } from './fixtures.ts';

const pod = (namespace: string) => `apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: ${namespace}
spec:
  securityContext:
    runAsNonRoot: true
  containers:
    - name: app
      image: registry.example.com/app:1.0.0
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
      resources:
        limits:
          memory: 1Gi
      livenessProbe:
        httpGet:
          port: 80
          host: localhost
`;
const namespace = (name: string, labels: Readonly<Record<string, string>>) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels: ${JSON.stringify(labels)}\n`;
const enforce = (level: string, version?: string) => ({
  'pod-security.kubernetes.io/enforce': level,
  ...(version !== undefined && { 'pod-security.kubernetes.io/enforce-version': version }),
});

describe('a namespace’s own labels', () => {
  test.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['no labels: the profile decides', {}, ['pod/probe-host']],
    ['privileged: the profile decides', enforce('privileged'), ['pod/probe-host']],
    ['restricted: every violation of it counts', enforce('restricted'), ['pod/probe-host', 'pod/seccomp']],
    ['an older policy: its rules', enforce('restricted', 'v1.30'), ['pod/seccomp']],
    ['a newer policy than the target: that of the target', enforce('baseline', 'v1.99'), ['pod/probe-host']],
  ])('%s', async (_, labels, expected) => {
    const files = { 'namespace.yaml': namespace('shop', labels), 'pod.yaml': pod('shop') };
    const { findings } = await checkFiles(files);
    const ids = findings.map(({ rule }) => rule).filter((id) => id.startsWith('pod/'));
    expect([...new Set(ids)].sort()).toEqual(expected);
  });

  test('what is rejected is said to be', async () => {
    const files = { 'namespace.yaml': namespace('shop', enforce('restricted')), 'pod.yaml': pod('shop') };
    const { findings } = await checkFiles(files);
    expect(findings.filter(({ rule }) => rule === 'pod/seccomp').map(({ message }) => message)).toEqual([
      'No seccomp profile is set for the pod. The namespace enforces the restricted level, so its pods are rejected.',
    ]);
  });

  test('the newest policy is the one of --kubernetes-version', async () => {
    const files = { 'pod.yaml': pod('shop') };
    const ids = async (version: string) =>
      (await checkFiles(files, { 'kubernetes-version': version })).findings.map(({ rule }) => rule);
    expect(await ids('1.33')).not.toContain('pod/probe-host');
    expect(await ids('1.34')).toContain('pod/probe-host');
  });
});

describe('secrets', () => {
  const value = 'hunter2-hunter2';
  const secret = `apiVersion: v1
kind: Secret
metadata:
  name: api
stringData:
  password: ${value}
  password: ${value}
type: [${value}]
`;

  test('no report holds the value of a Secret, whatever is wrong with it', async () => {
    const report = await checkFiles({ 'secret.yaml': secret });
    expect([...new Set(report.findings.map(({ rule }) => rule))].sort()).toEqual([
      'schema/schema-invalid',
      'schema/yaml-invalid',
      'secrets/plaintext-secret',
    ]);
    expect(JSON.stringify(report)).not.toContain(value);
    expect(report.findings.filter(({ sensitive }) => sensitive !== true)).toEqual([]);
  });
});

test('what a file says is quoted as it is', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  "$&": one\n  "$&": two\n';
  const { findings } = await checkFiles({ 'a.yaml': text }, { only: 'schema/yaml-invalid' });
  expect(findings.map(({ message }) => message)).toEqual([
    'The key "$&" is here twice; only the last one counts.',
  ]);
});

describe('charts and overlays', () => {
  const chart = 'apiVersion: v2\nname: api\nversion: 1.0.0\n';
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: {{ .Values.label }}
    spec:
      hostPID: {{ .Values.hostPid }}
      containers:
        - name: app
          image: registry.example.com/app:1.0.0
`;
  const service = `apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: shop
spec:
  selector:
    app: api
  ports:
    - port: 80
`;
  const files = {
    'api/Chart.yaml': chart,
    'api/values.yaml': 'label: api\nhostPid: false\n',
    'api/values-prod.yaml': 'hostPid: true\n',
    'api/values-test.yaml': 'label: app\n',
    'api/templates/deployment.yaml': deployment,
    'api/templates/service.yaml': service,
    'api/README.md': '',
  };
  const base = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('shop').replace('spec:\n', 'spec:\n  hostPID: true\n'),
  };
  const found = async (all: Readonly<Record<string, string>>, only: string) =>
    (await checkFiles(all, { only })).findings.map(({ rule, targets }) => `${rule} ${targets.join(', ')}`);

  test('a fault of one values set is a finding of that target', async () => {
    expect(await found(files, 'pod/host-pid')).toEqual(['pod/host-pid api (values-prod.yaml)']);
  });

  test('what another values set renders neither repeats an object nor stands in for it', async () => {
    expect(await found(files, 'references/*')).toEqual([
      'references/service-without-backend api (values-test.yaml)',
    ]);
  });

  test('a namespace is that of the own target, where several have one', async () => {
    const overlay = (name: string, level: string) => ({
      [`${name}/kustomization.yaml`]: 'resources: [../base, namespace.yaml]\n',
      [`${name}/namespace.yaml`]: namespace('shop', enforce(level)),
    });
    const { findings } = await checkFiles({
      ...base,
      ...overlay('a', 'privileged'),
      ...overlay('b', 'restricted'),
    });
    const unconfined = findings.filter(({ rule }) => rule === 'pod/seccomp');
    expect(unconfined.map(({ targets }) => targets)).toEqual([['b']]);
  });

  test('every file and target is counted', async () => {
    const { coverage } = await checkFiles({
      ...files,
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]',
    });
    expect(coverage).toMatchObject({
      files: { total: 10, checked: 9, notKubernetes: 1, excluded: 0, failed: 0 },
      objects: 7,
      targets: 4,
    });
  });

  test('findings in what the config excludes are left out, though overlays are built with it', async () => {
    const all = { ...base, 'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n' };
    expect(await found(all, 'pod/host-pid')).toEqual(['pod/host-pid prod']);
    const report = await checkFiles(
      { ...all, '.plimsoll.yaml': 'exclude: [base]' },
      { only: 'pod/host-pid' },
    );
    expect(report.findings).toEqual([]);
    expect(report.coverage).toMatchObject({ objects: 1, files: { excluded: 2, checked: 1 } });
  });

  test('one problem of several targets is one finding', async () => {
    const all = { ...files, 'api/templates/broken.yaml': '{{ nope }}\n' };
    const { findings } = await checkFiles(all, { only: 'references/build-broken' });
    expect(findings.map(({ severity, targets }) => [severity, targets])).toEqual([
      ['high', ['api', 'api (values-prod.yaml)', 'api (values-test.yaml)']],
    ]);
  });

  test.each([
    ['the values that it fails through', 'api/values-prod.yaml', 'new'],
    ['a file that is not there any more', 'api/templates/_helpers.tpl', 'new'],
    ['something else', 'web/a.yaml', 'existing'],
  ])('a build is broken by a change of %s', async (_, changed, state) => {
    const all = { ...files, 'api/templates/broken.yaml': '{{ nope }}\n' };
    const { findings } = await checkFiles(all, { only: 'references/build-broken' }, [changed]);
    expect(findings.map((finding) => finding.state)).toEqual([state]);
  });

  test('a chart whose defaults do not render, but another values set does, gets a notice', async () => {
    const all = {
      ...files,
      'api/values.yaml': '',
      'api/templates/a.yaml': '{{ required "say who" .Values.hostPid }}',
    };
    const { notices, findings, coverage } = await checkFiles(all, { only: 'references/build-broken' });
    expect(notices.map(({ message }) => message)).toEqual([
      'api lacks values and was not rendered; api (values-prod.yaml) shows that the chart can be.',
      'api (values-test.yaml) lacks values and was not rendered; api (values-prod.yaml) shows that the chart can be.',
    ]);
    expect(findings).toEqual([]);
    expect(coverage.notChecked.map(({ file, cause }) => `${file} ${cause}`)).toEqual([
      'api/values-test.yaml needs-values',
    ]);
  });

  test('what overlays are built without is a notice, and findings in the profile strict', async () => {
    const all = {
      'web/kustomization.yaml': 'resources: [a.yaml, "https://example.com/b", "https://example.com/c"]',
      'web/a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n',
    };
    const { notices, findings } = await checkFiles(all);
    expect(notices.map(({ message }) => message)).toEqual([
      '2 entries of overlays lead out of the repository, and what they bring in was not checked; --only references/build-broken shows where.',
    ]);
    expect(findings.filter(({ rule }) => rule === 'references/build-broken')).toEqual([]);
    const strict = await checkFiles(all, { profile: 'strict' });
    expect(strict.notices).toEqual([]);
    expect(strict.findings.filter(({ rule }) => rule === 'references/build-broken')).toHaveLength(2);
  });

  test('objects of an overlay that cannot be built still serve references', async () => {
    const all = {
      'broken/kustomization.yaml': 'resources: [crd.yaml, gone.yaml]',
      'broken/crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}
`,
      'widget.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nsize: large\n',
    };
    expect(await found(all, 'schema/*')).toEqual(['schema/schema-invalid .']);
  });
});

test.each([
  [undefined, true],
  ['schema/*', true],
  ['schema/immutable-field-changed', true],
  ['pod/*', false],
  ['schema/schema-invalid', false],
])('with --only %s, the base is read: %s', async (only, expected) => {
  const tree = memoryTree({ 'a.yaml': pod('shop') });
  let isRead = false;
  const list = () => {
    isRead = true;
    return tree.list();
  };
  await check({
    tree,
    base: { ...tree, list },
    settings: resolveSettings(
      only === undefined ? {} : { only },
      await loadConfig(tree, { ruleIds }),
      ruleIds,
    ),
    rules,
    engine: () => shippedEngine,
    today: '2026-01-01',
    version: '0.0.0',
  });
  expect(isRead).toBe(expected);
});

describe('the profile recommended', () => {
  const bare = `apiVersion: v1
kind: Pod
metadata:
  name: bare
spec:
  containers:
    - name: app
      image: registry.example.com/app:1.0.0
      resources: {}
`;
  const chart = 'name: shop\napiVersion: v2\nversion: 1.0.0\n';
  const helmTest = bare.replace('  name: bare\n', '  name: bare\n  annotations:\n    helm.sh/hook: test\n');
  const withUser = bare.replace('spec:\n', 'spec:\n  securityContext: { runAsUser: 1000 }\n');
  const onNode = `${bare.replace('spec:\n', 'spec:\n  hostNetwork: true\n')}      livenessProbe:
        httpGet: { host: 127.0.0.1, port: 80 }
`;
  const patch = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: app
          args: [--verbose]
`;
  const always = ['pod/privilege-escalation', 'pod/run-as-non-root', 'resources/memory-limit'];

  test.each<[string, Record<string, string>, string[]]>([
    ['has what a pod lacks', { 'apps/web.yaml': bare }, always],
    ['leaves out what is for tests', { 'apps/testdata/web.yaml': bare }, []],
    [
      'has what the namespace of a test rejects no more than the rest of it',
      {
        'e2e/namespace.yaml': namespace('shop', enforce('restricted')),
        'e2e/web.yaml': bare.replace('  name: bare\n', '  name: bare\n  namespace: shop\n'),
      },
      [],
    ],
    [
      'leaves out what helm test applies',
      { 'c/Chart.yaml': chart, 'c/templates/connection.yaml': helmTest },
      [],
    ],
    [
      'leaves the amounts of a chart to who installs it',
      { 'c/Chart.yaml': chart, 'c/templates/web.yaml': bare, 'c/ci/a-values.yaml': 'a: 1\n' },
      always.slice(0, 2),
    ],
    [
      'asks for the amounts of an installation',
      { 'c/Chart.yaml': chart, 'c/templates/web.yaml': bare, 'c/values-prod.yaml': 'a: 1\n' },
      always,
    ],
    [
      'takes a user other than 0 for what it is',
      { 'web.yaml': withUser },
      [always[0] ?? '', always[2] ?? ''],
    ],
    ['knows whose address that of a node is', { 'web.yaml': onNode }, ['pod/host-network', ...always]],
    ['sees no workload in a patch', { 'patch.yaml': patch }, []],
  ])('%s', async (_, files, expected) => {
    const { findings } = await checkFiles(files);
    const ids = findings.map(({ rule }) => rule).filter((id) => /^(?:pod|resources)\//.test(id));
    expect([...new Set(ids)].sort()).toEqual(expected);
  });
});
