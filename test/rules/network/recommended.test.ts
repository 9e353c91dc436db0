import { expect, test } from '@jest/globals';
import { checkFiles } from '../../fixtures.ts';

const pod = (namespace: string, app: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: app, namespace, labels: { app } },
    spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1.0.0' }] },
  });
const policy = (namespace: string, podSelector: unknown) =>
  JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'policy', namespace },
    spec: { podSelector, policyTypes: ['Ingress'] },
  });
const closed = (namespace: string) => [pod(namespace, 'web'), policy(namespace, {})];
const forApp = (app: string) => policy('shop', { matchLabels: { app } });

const leftOut = 'network/default-deny-ingress high';
const unselected = 'network/pod-unselected medium';

test.each<[string, Record<string, string[]>, string[]]>([
  [
    'no namespace has policies',
    { 'shop.yaml': [pod('shop', 'web')], 'office.yaml': [pod('office', 'web')] },
    [],
  ],
  [
    'the other one is closed',
    { 'shop.yaml': [pod('shop', 'web')], 'office.yaml': closed('office') },
    [leftOut],
  ],
  [
    'fewer are closed than open',
    { 'a.yaml': [pod('a', 'web')], 'b.yaml': [pod('b', 'web')], 'office.yaml': closed('office') },
    [],
  ],
  [
    'only another environment is closed',
    { 'prod/shop.yaml': [pod('shop', 'web')], 'dev/shop.yaml': closed('shop') },
    [],
  ],
  [
    'a policy is for another pod',
    { 'shop.yaml': [pod('shop', 'web'), pod('shop', 'db'), forApp('db')] },
    [unselected],
  ],
  ['a policy is for pods of a controller', { 'shop.yaml': [pod('shop', 'web'), forApp('prometheus')] }, []],
])('%s', async (_, files, expected) => {
  const texts = Object.entries(files).map(([file, objects]) => [file, objects.join('\n---\n')]);
  const { findings } = await checkFiles(Object.fromEntries(texts));
  const found = findings.filter(({ rule }) => rule.startsWith('network/'));
  expect(found.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(expected);
});
