import { expect, test } from '@jest/globals';
import { guardsPods, isAskedIn, webhooksOf } from '../../../src/kubernetes/admission/webhook.ts';
import { readObject } from '../../../src/kubernetes/object.ts';

function webhook(fields: object, version = 'v1') {
  const object = readObject({
    apiVersion: `admissionregistration.k8s.io/${version}`,
    kind: 'ValidatingWebhookConfiguration',
    webhooks: [fields],
  });
  const [first] = object === undefined ? [] : webhooksOf(object);
  if (first === undefined) throw new Error('no webhook');
  return first;
}

test.each([
  [{}, 'v1', true],
  [{}, 'v1beta1', false],
  [{ failurePolicy: 'Ignore' }, 'v1', false],
  [{ failurePolicy: 'Fail' }, 'v1beta1', true],
])('%j of %s fails: %j', (fields, version, fails) => {
  expect(webhook(fields, version).fails).toBe(fails);
});

const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

test.each<[object, boolean]>([
  [pods, true],
  [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }, true],
  [{ ...pods, resources: ['*/*'] }, true],
  [{ ...pods, scope: 'Namespaced' }, true],
  [{ ...pods, scope: 'Cluster' }, false],
  [{ ...pods, resources: ['pods/*'] }, false],
  [{ ...pods, operations: ['DELETE'] }, false],
  [{ ...pods, apiGroups: ['apps'] }, false],
  [{}, false],
])('rule %j guards pods: %j', (rule, guards) => {
  expect(guardsPods(webhook({ rules: [rule] }))).toBe(guards);
});

const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const name = 'kubernetes.io/metadata.name';
const home = readObject({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'guard', labels: { team: 'a' } },
});
const server = [new Map([['app', 'guard']])];

test.each<[string, object, typeof home, typeof server | undefined, boolean]>([
  ['everything', {}, undefined, undefined, true],
  ['other namespaces', { namespaceSelector: expression(name, 'NotIn', 'guard') }, home, server, false],
  ['but for another', { namespaceSelector: expression(name, 'NotIn', 'other') }, undefined, server, true],
  ['who opts in', { namespaceSelector: { matchLabels: { guarded: 'yes' } } }, undefined, server, false],
  ['a team', { namespaceSelector: { matchLabels: { team: 'a' } } }, home, server, true],
  ['who may opt out', { namespaceSelector: expression('ignore', 'DoesNotExist') }, undefined, server, false],
  ['who does not opt out', { namespaceSelector: expression('ignore', 'DoesNotExist') }, home, server, true],
  ['pods of its own', { objectSelector: { matchLabels: { app: 'guard' } } }, home, server, true],
  ['pods of others', { objectSelector: expression('app', 'NotIn', 'guard') }, home, server, false],
  ['unknown pods', { objectSelector: expression('app', 'NotIn', 'guard') }, home, undefined, false],
  ['on conditions', { matchConditions: [{ name: 'a', expression: 'false' }] }, home, server, false],
])('a webhook that is asked about %s', (_, fields, namespace, labels, asked) => {
  expect(isAskedIn(webhook(fields), 'guard', namespace, labels)).toBe(asked);
});
