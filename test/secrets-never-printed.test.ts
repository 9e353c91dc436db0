import { beforeAll, describe, expect, test } from '@jest/globals';
import { type CheckResult, check } from '../src/check.ts';
import { frameworkIds, loadFrameworks } from '../src/compliance/frameworks/index.ts';
import { complianceFormats } from '../src/compliance-command.ts';
import { loadConfig } from '../src/config/load.ts';
import { resolveSettings } from '../src/config/settings.ts';
import { memoryTree } from '../src/files/memory.ts';
import { assess } from '../src/judge/compliance.ts';
import type { Report } from '../src/judge/report.ts';
import { base62, crc32 } from '../src/kubernetes/checksum.ts';
import { annotations } from '../src/report/annotations.ts';
import { commentMarkdown } from '../src/report/comment.ts';
import type { ReportContext } from '../src/report/context.ts';
import { jsonReport } from '../src/report/json.ts';
import { summaryMarkdown } from '../src/report/summary.ts';
import { terminalReport } from '../src/report/terminal.ts';
import { ruleIds, rules } from '../src/rules/index.ts';
import { shippedEngine } from './fixtures.ts';
import { randomText } from './random-text.ts';

/*
 * Secrets are made here and stand in no file, so that no scanner takes them for real ones. Each is random text from a
 * seed, the same in every run.
 */
const withChecksum = (prefix: string, seed: string) => {
  const body = randomText(seed, 30);
  return `${prefix}${body}${base62(crc32(body), 6)}`;
};
const url64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pemLines = (seed: string) => [1, 2, 3].map((line) => randomText(`${seed} ${line}`, 64));
const pem = (seed: string, indent: string) =>
  ['-----BEGIN PRIVATE KEY-----', ...pemLines(seed), '-----END PRIVATE KEY-----'].join(`\n${indent}`);

const secrets = {
  github: withChecksum('ghp_', 'github'),
  githubApp: withChecksum('ghs_', 'github app'),
  fineGrained: `github_pat_${randomText('fine 1', 22)}_${randomText('fine 2', 59)}`,
  npm: withChecksum('npm_', 'npm'),
  gitlab: `glpat-${randomText('gitlab', 20)}`,
  awsSecret: randomText('aws', 40),
  google: `AIza${randomText('google', 35)}`,
  azure: `${randomText('azure', 86)}==`,
  slack: `xoxb-${randomText('slack 1', 12, '0123456789')}-${randomText('slack 2', 24)}`,
  stripe: `sk_live_${randomText('stripe', 24)}`,
  sendgrid: `SG.${randomText('sendgrid 1', 22)}.${randomText('sendgrid 2', 43)}`,
  vault: `hvs.${randomText('vault', 95)}`,
  jwt: `${url64({ alg: 'RS256', kid: randomText('kid', 9) })}.${url64({ iss: 'shop', sub: randomText('sub', 12) })}.${randomText('jwt', 43)}`,
  registry: Buffer.from(`deployer:${randomText('registry', 18)}`).toString('base64'),
  stringData: randomText('stringData', 22),
  dataText: randomText('data', 20),
  envPassword: randomText('env', 14),
  envNumber: randomText('number', 12, '123456789'),
  url: randomText('url', 16),
  valuesPassword: randomText('values', 18),
  valuesBroken: randomText('broken', 18),
  patch: randomText('patch', 19),
  literal: randomText('literal', 17),
  generatedFile: randomText('file', 21),
  annotation: withChecksum('gho_', 'annotation'),
  argument: `glpat-${randomText('argument', 20)}`,
  template: randomText('template', 23),
  badYaml: randomText('yaml', 18),
  helmRelease: randomText('release', 26),
  typed: randomText('typed', 18),
  failing: randomText('failing', 24),
  sopsOpen: randomText('sops', 25),
} satisfies Record<string, string>;

const base64 = (text: string) => Buffer.from(text).toString('base64');

const files: Record<string, string> = {
  'plain/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: plain
  labels: {app: 3}
data:
  password: ${base64(secrets.dataText)}
  broken: '${secrets.dataText}'
stringData: {token: "${secrets.stringData}", other: 12345}
type: Opaque
unknown: ${secrets.stringData}
`,
  'plain/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: plain
  annotations: {deploy: ${secrets.annotation}, mode: true}
data:
  github: ${secrets.github}
  app: "${secrets.githubApp}"
  config.json: '{"auths": {"registry.example.com": {"auth": "${secrets.registry}"}}}'
  slack: [${secrets.slack}]
  stripe: {key: ${secrets.stripe}}
  key.pem: |
    ${pem('config', '    ')}
  settings: |
    password: ${secrets.typed}
  azure: DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${secrets.azure};EndpointSuffix=core.windows.net
`,
  'plain/workload.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: ${secrets.google}
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:latest
          imagePullPolicy: ${secrets.gitlab}
          args: ["--token=${secrets.argument}", 3]
          env:
            - name: DB_PASSWORD
              value: ${secrets.envPassword}
            - name: PIN_PASSWORD
              value: ${secrets.envNumber}
            - {name: DATABASE_URL, value: "postgres://shop:${secrets.url}@db/shop"}
            - {name: AWS_SECRET_ACCESS_KEY, value: ${secrets.awsSecret}}
            - name: SESSION_TOKEN
              valueFrom: ${secrets.jwt}
            - name: NPM_TOKEN
              values: ${secrets.npm}
          securityContext: {privileged: true, password: ${secrets.fineGrained}}
`,
  'plain/broken.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: broken}
data:
  password: ${secrets.badYaml}: x
  key: |
    ${pem('broken', '  ')}
  token: *${secrets.sendgrid.slice(3, 25)}
`,
  'plain/sops.yaml': `apiVersion: v1
kind: Secret
metadata: {name: sops}
stringData:
  password: ${secrets.sopsOpen}
sops: {lastmodified: '2026-01-01T00:00:00Z'}
`,
  'plain/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  interval: ${secrets.vault}
  chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: web}}}
  values: {sendgrid: ${secrets.sendgrid}, image: {tag: latest}, adminPassword: ${secrets.helmRelease}}
`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/values.yaml': `password: ${secrets.valuesPassword}
replicas: ${secrets.valuesPassword}
privateKey: |
  ${pem('values', '  ')}
database: {password: ${secrets.url}}
`,
  'chart/templates/all.yaml': `apiVersion: v1
kind: Secret
metadata: {name: shop}
data: {password: {{ .Values.password | b64enc }}, key: {{ .Values.privateKey | b64enc }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data:
  password: {{ .Values.password | quote }}
  key: {{ .Values.privateKey | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: {{ .Values.replicas | quote }}
  template:
    spec:
      containers:
        - name: shop
          image: shop:latest
          env:
            - {name: DB_PASSWORD, value: {{ .Values.password }}}
            - {name: API_TOKEN, value: ${secrets.template}}
`,
  'failing/Chart.yaml': 'apiVersion: v2\nname: failing\nversion: 1.0.0\n',
  'failing/values.yaml': `password: ${secrets.failing}\n`,
  'failing/templates/all.yaml': '{{ fail (printf "the password %s is bad" .Values.password) }}\n',
  'unparsable/Chart.yaml': 'apiVersion: v2\nname: unparsable\nversion: 1.0.0\n',
  'unparsable/values.yaml': `password: ${secrets.valuesBroken}\n`,
  'unparsable/templates/all.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.password }}: x}\n{{ .Values.password }}\n',
  'strict/Chart.yaml': 'apiVersion: v2\nname: strict\nversion: 1.0.0\n',
  'strict/values.yaml': `password: ${secrets.valuesBroken}\n`,
  'strict/values.schema.json':
    '{"type": "object", "properties": {"password": {"enum": ["a"], "type": "integer", "pattern": "^x$"}}}',
  'strict/templates/all.yaml': 'a: {{ .Values.password }}\n',
  'overlay/kustomization.yaml': `resources: [workload.yaml]
secretGenerator:
  - name: made
    literals: [password=${secrets.literal}]
  - name: of-file
    files: [token.txt]
    envs: [secrets.env]
configMapGenerator:
  - name: config
    literals: ["token=${secrets.github}"]
patches:
  - target: {kind: Deployment}
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/env
        value:
          - {name: DB_PASSWORD, value: ${secrets.patch}}
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api}
      spec: {replicas: "${secrets.patch}", paused: ${secrets.patch}}
`,
  'overlay/workload.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers: [{name: api, image: api}]
`,
  'overlay/token.txt': secrets.generatedFile,
  'overlay/secrets.env': `PASSWORD=${secrets.generatedFile}\n`,
  'bad-patch/kustomization.yaml': `resources: [../overlay/workload.yaml]
patches:
  - target: {kind: Deployment}
    patch: '[{"op": "test", "path": "/spec/paused", "value": "${secrets.patch}"}]'
  - target: {kind: Deployment}
    patch: 'password: ${secrets.patch}'
`,
  'bad-generator/kustomization.yaml': `secretGenerator:
  - name: made
    literals: ["${secrets.literal}"]
`,
};

/** Nothing of a secret that is as long as this may be seen. */
const window = 6;
/** What all secrets of a format begin with. */
const prefix = /^(?:gh[a-z]_|github_pat_|npm_|glpat-|AIza|xoxb-|sk_live_|SG\.|hvs\.|eyJ.{20})/;
const parts = [...Object.values(secrets), ...['config', 'broken', 'values'].flatMap(pemLines)]
  .map((secret) => secret.replace(prefix, ''))
  .flatMap((secret) => [secret, base64(secret)]);

/** UUIDs and fingerprints, in which some digits of a secret may be found by chance. */
const ids = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/g;

function leaks(text: string): string[] {
  const output = text.replace(ids, '');
  return parts.flatMap((secret) => {
    const pieces = Array.from({ length: secret.length - window + 1 }, (_, at) =>
      secret.slice(at, at + window),
    );
    const found = pieces.filter((piece) => output.includes(piece)).map((piece) => output.indexOf(piece));
    return found.slice(0, 1).map((at) => output.slice(Math.max(0, at - 80), at + 40));
  });
}

const outputs: Record<string, string> = {};
const runs: readonly (readonly [string, Parameters<typeof resolveSettings>[0]])[] = [
  ['all rules', { 'all-rules': true }],
  ['recommended', {}],
  ['one rule', { only: 'schema/*,references/*,pod/*,image/*' }],
];

beforeAll(async () => {
  const tree = memoryTree(files);
  for (const [name, flags] of runs) {
    const settings = resolveSettings(flags, await loadConfig(tree, { ruleIds }), ruleIds);
    const result = await check({
      tree,
      settings,
      rules,
      engine: () => shippedEngine,
      today: '2026-01-01',
      version: '0.0.0',
    });
    const { report, sourceLine } = result;
    const context: ReportContext = { rule: (id) => rules.find((rule) => rule.id === id), sourceLine };
    const texts = { ...surfaces(report, context), ...(await complianceSurfaces(result, context)) };
    for (const [surface, text] of Object.entries(texts)) outputs[`${name}: ${surface}`] = text;
  }
});

function surfaces(report: Report, context: ReportContext): Record<string, string> {
  return {
    terminal: terminalReport(report, context, { color: false, width: 100 }),
    'verbose terminal': terminalReport(report, context, { color: true, width: 1000, verbose: true }),
    json: jsonReport(report),
    markdown: summaryMarkdown(report, context),
    comment: commentMarkdown(report, context, { id: 'x' }),
    annotations: JSON.stringify(annotations(report, context)),
  };
}

/** What `plimsoll compliance` writes, on all frameworks. */
async function complianceSurfaces(
  result: CheckResult,
  context: ReportContext,
): Promise<Record<string, string>> {
  const about = { date: '2026-01-01T00:00:00Z', path: '.' };
  const report = assess(result.evidence(), rules, await loadFrameworks(frameworkIds), about);
  return Object.fromEntries(
    Object.entries(complianceFormats).map(([format, write]) => [
      `compliance ${format}`,
      write(report, context),
    ]),
  );
}

describe('no output has any part of a secret', () => {
  const names = runs.flatMap(([run]) =>
    [
      'terminal',
      'verbose terminal',
      'json',
      'markdown',
      'comment',
      'annotations',
      'compliance markdown',
      'compliance json',
      'compliance html',
      'compliance oscal',
    ].map((surface) => `${run}: ${surface}`),
  );

  test.each(names)('%s', (name) => {
    expect(outputs[name]?.length).toBeGreaterThan(0);
    expect(leaks(outputs[name] ?? '')).toEqual([]);
  });
});

test('what is planted is found', () => {
  const report: Report = JSON.parse(outputs['all rules: json'] ?? '{}');
  const found = new Set(report.findings.map(({ rule }) => rule));
  for (const rule of ['plaintext-secret', 'private-key-committed', 'credential-in-env', 'sops-incomplete'])
    expect(found).toContain(`secrets/${rule}`);
  expect(found).toContain('schema/schema-invalid');
  expect(found).toContain('schema/yaml-invalid');
  expect(found).toContain('references/build-broken');
});

test('compliance reports have the findings', () => {
  for (const format of ['markdown', 'json', 'html', 'oscal'])
    expect(outputs[`all rules: compliance ${format}`]).toContain('plaintext-secret');
});

test('a leak would be seen', () => {
  expect(leaks(`x ${secrets.envPassword.slice(3, 9)} y`)).toHaveLength(1);
  expect(leaks(`x ${secrets.github.slice(10, 18)} y`)).not.toEqual([]);
});
