import { expect, test } from '@jest/globals';
import { claimsOf } from '../../src/kubernetes/claim.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const claims = (apiVersion: string, kind: string, spec: unknown, annotations: object = {}) => {
  const object = readObject({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'shop', annotations },
    spec,
  });
  return object === undefined ? [] : claimsOf(object);
};
const ingress = (rule: object, rest: object = {}, annotations: object = {}) =>
  claims('networking.k8s.io/v1', 'Ingress', { rules: [rule], ...rest }, annotations);
const route = (match: object | undefined, parent: object = { name: 'public' }) =>
  claims('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    parentRefs: [parent],
    hostnames: ['a.example.com'],
    rules: [match === undefined ? {} : { matches: [match] }],
  });
const id = ([claim]: ReturnType<typeof claims>) => claim?.id;

const path = { host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix' }] } };

test('an Ingress claims by class and type of path', () => {
  expect(ingress(path)).toMatchObject([{ host: 'a.example.com', path: '/' }]);
  expect(id(ingress(path, { ingressClassName: 'nginx' }))).toBe(
    id(ingress(path, {}, { 'kubernetes.io/ingress.class': 'nginx' })),
  );
  expect(id(ingress(path, { ingressClassName: 'nginx' }))).not.toBe(id(ingress(path)));
  const exact = { ...path, http: { paths: [{ path: '/', pathType: 'Exact' }] } };
  expect(id(ingress(exact))).not.toBe(id(ingress(path)));
});

test.each<[string, ReturnType<typeof claims>]>([
  ['no host', ingress({ http: path.http })],
  ['a canary', ingress(path, {}, { 'nginx.ingress.kubernetes.io/canary': 'true' })],
  ['a group', ingress(path, {}, { 'alb.ingress.kubernetes.io/group.name': 'shop' })],
  ['a placeholder', ingress({ ...path, host: '__host__' })],
  ['nonsense', ingress({ host: 7, http: { paths: 'x' } })],
  ['every host of Istio', claims('networking.istio.io/v1', 'VirtualService', { hosts: ['*'], http: [{}] })],
])('%s claims nothing', (_, found) => {
  expect(found).toEqual([]);
});

test('a rule of an HTTPRoute without matches is for all paths', () => {
  expect(id(route(undefined))).toBe(id(route({ path: { type: 'PathPrefix', value: '/' } })));
  expect(id(route(undefined))).not.toBe(id(route({ path: { value: '/' }, method: 'GET' })));
  expect(id(route(undefined))).toBe(id(route(undefined, { name: 'public', namespace: 'shop' })));
  expect(id(route(undefined))).not.toBe(id(route(undefined, { name: 'public', namespace: 'infra' })));
});
