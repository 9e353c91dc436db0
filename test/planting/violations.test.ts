import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkFiles } from '../fixtures.ts';

function filesIn(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(directory, file)).isFile(),
  );
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
}

const reads = 'charts/reads';

/** An edit of a fixture, and the finding that it makes with the places that it may have. */
const cases: readonly (readonly [
  name: string,
  fixture: string,
  file: string,
  from: string,
  to: string,
  finding: string,
])[] = [
  [
    'a literal of a template',
    reads,
    'templates/deployment.yaml',
    'automountServiceAccountToken: false',
    'hostPID: true',
    'pod/host-pid templates/deployment.yaml:17 exact',
  ],
  [
    'a literal under range',
    reads,
    'templates/deployment.yaml',
    'runAsUser: {{ .user }}',
    'privileged: true',
    'pod/privileged templates/deployment.yaml:50 exact',
  ],
  ['a value', reads, 'values.yaml', 'host: false', 'host: true', 'pod/host-network values.yaml:6 exact'],
  [
    'a value under with',
    reads,
    'values.yaml',
    'runAsUser: 1000',
    'runAsUser: 0',
    'pod/run-as-root-uid values.yaml:9 exact',
  ],
  [
    'a value of a map through toYaml',
    reads,
    'values.yaml',
    'privileged: false',
    'privileged: true',
    'pod/privileged values.yaml:12 exact',
  ],
  [
    'a key that a map lacks that goes through toYaml',
    reads,
    'values.yaml',
    '  allowPrivilegeEscalation: false\n',
    '',
    'pod/privilege-escalation values.yaml:10 action',
  ],
  [
    'an empty map through toYaml',
    reads,
    'values.yaml',
    /security:\n( {2}.*\n)+/.exec(readFileSync('__fixtures__/charts/reads/values.yaml', 'utf8'))?.[0] ?? '',
    'security: {}\n',
    'pod/privilege-escalation values.yaml:10 action',
  ],
  [
    'a list through range',
    reads,
    'values.yaml',
    'proxy:2.0.1',
    'proxy:latest',
    'image/mutable-tag values.yaml:30 exact',
  ],
  [
    'one of two values through printf in a define',
    reads,
    'values.yaml',
    'tag: 1.4.2',
    'tag: latest',
    'image/mutable-tag values.yaml:3 exact',
  ],
  [
    'a text through tpl',
    reads,
    'values.yaml',
    'emptyDir:\n      sizeLimit: 1Gi',
    'hostPath:\n      path: /srv',
    'pod/host-path values.yaml:38 exact',
  ],
  [
    'a literal of a subchart',
    'charts/umbrella',
    'charts/inner/templates/deployment.yaml',
    'replicas: {{ .Values.replicas }}',
    'template: {spec: {hostNetwork: true}}',
    'pod/host-network charts/inner/templates/deployment.yaml:6 exact',
  ],
  [
    'a literal of a vendored subchart',
    'charts/subcharts',
    'charts/web/templates/deployment.yaml',
    'imagePullPolicy: {{ .Values.global.pull }}',
    'securityContext: {privileged: true}',
    'pod/privileged Chart.yaml:5 action',
  ],
  [
    'a base',
    'overlays/components',
    'base/deployment.yaml',
    'web:1.0.0',
    'web:latest',
    'image/mutable-tag base/deployment.yaml:17 exact',
  ],
  [
    'an inline op of a component',
    'overlays/components',
    'components/issuer/kustomization.yaml',
    'containers/0/envFrom\n        value: [{configMapRef: {name: issuer}}]',
    'hostNetwork\n        value: true',
    'pod/host-network components/issuer/kustomization.yaml:11 exact',
  ],
  [
    'an op of a file',
    'overlays/json6902',
    'ops.yaml',
    'template/spec/hostNetwork',
    'template/spec/hostPID',
    'pod/host-pid ops.yaml:21 exact',
  ],
  [
    'an entry of images',
    'overlays/images',
    'kustomization.yaml',
    'newTag: 2.0.0',
    'newTag: latest',
    'image/mutable-tag kustomization.yaml:6 action',
  ],
  [
    'a value of helmCharts',
    'overlays/helm-charts',
    'kustomization.yaml',
    'tag: "2"',
    'tag: latest',
    'image/mutable-tag kustomization.yaml:16 exact',
  ],
];

test.each(cases)('%s', async (_, fixture, file, from, to, finding) => {
  const files = filesIn(join('__fixtures__', fixture));
  const text = files[file] ?? '';
  const before = text.indexOf(from);
  expect(before).toBeGreaterThanOrEqual(0);
  const report = await checkFiles(
    { ...files, [file]: text.slice(0, before) + to + text.slice(before + from.length) },
    { 'all-rules': true },
  );
  const [rule] = finding.split(' ');
  expect(
    report.findings
      .filter((each) => each.rule === rule)
      .map(({ location: at }) => `${rule} ${at.file}:${at.line} ${at.precision}`),
  ).toContain(finding);
});
