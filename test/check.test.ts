import { describe, expect, test } from '@jest/globals';
import { checkFiles } from './fixtures.ts';

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
  const { findings } = await checkFiles({ 'a.yaml': text });
  expect(findings.map(({ message }) => message)).toEqual([
    'The key "$&" is here twice; only the last one counts.',
  ]);
});
