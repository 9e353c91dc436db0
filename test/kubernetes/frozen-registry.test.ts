import { expect, test } from '@jest/globals';
import { frozenRegistryOf } from '../../src/kubernetes/frozen-registry.ts';

test.each<[string, string | undefined, string | undefined]>([
  ['k8s.gcr.io/pause', '3.9', 'k8s.gcr.io'],
  ['k8s.gcr.io/pause', undefined, 'k8s.gcr.io'],
  ['registry.k8s.io/pause', '3.9', undefined],
  ['docker.io/bitnami/redis', '7.2.4', 'docker.io/bitnami'],
  ['docker.io/bitnami/redis', 'latest', undefined],
  ['docker.io/bitnami/redis', undefined, undefined],
  ['docker.io/bitnami/sealed-secrets-controller', '0.32.2', undefined],
  ['docker.io/bitnamilegacy/redis', 'latest', 'docker.io/bitnamilegacy'],
  ['docker.io/bitnamisecure/redis', '7.2.4', undefined],
])('%s:%s is from %s', (name, tag, expected) => {
  expect(frozenRegistryOf(name, tag)?.name).toBe(expected);
});
