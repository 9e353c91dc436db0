import { expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import {
  hasRuntimeSocket,
  hostPathVolumes,
  isRuntimeSocket,
  isSensitive,
  isWithin,
} from '../../src/kubernetes/host-path.ts';

test.each([
  ['/', '/'],
  ['/etc', '/etc'],
  ['/etc/', '/etc'],
  ['//etc///kubernetes/', '/etc/kubernetes'],
  ['/srv/../etc/.', '/etc'],
  ['/../../etc', '/etc'],
  ['etc', '/etc'],
  ['', undefined],
  [5, undefined],
  [null, undefined],
  [['/etc'], undefined],
])('the path %j is %s', (written, path) => {
  const spec = new Field({ volumes: [{ name: 'data', hostPath: { path: written } }] });
  const [volume] = hostPathVolumes({ metadata: new Field(undefined), spec });
  expect(volume).toMatchObject({ name: 'data', path });
  expect(volume?.field.pointer).toBe('/volumes/0/hostPath/path');
});

test('only hostPath volumes count, and those without a name are numbered', () => {
  const volumes = [{ name: 'a', emptyDir: {} }, { hostPath: {} }, null, 'b', { name: 'c', hostPath: null }];
  const found = hostPathVolumes({ metadata: new Field(undefined), spec: new Field({ volumes }) });
  expect(found.map(({ name }) => name)).toEqual(['#2']);
});

test.each([
  ['/etc', '/etc', true],
  ['/etc/kubernetes', '/etc', true],
  ['/etcd-data', '/etc', false],
  ['/etc', '/etc/kubernetes', false],
  ['/srv', '/', true],
  ['/', '/', true],
  ['/', '/srv', false],
])('%s within %s: %s', (path, directory, within) => {
  expect(isWithin(path, directory)).toBe(within);
});

test.each([
  ['/', true],
  ['/etc', true],
  ['/etc/kubernetes', true],
  ['/var/lib', true],
  ['/var/lib/app', false],
  ['/etcetera', false],
])('the path %s is sensitive: %s', (path, expected) => expect(isSensitive(path)).toBe(expected));

test.each([
  ['/run/docker.sock', true, false],
  ['/srv/podman.sock', true, false],
  ['/var/run', false, true],
  ['/var/run/crio', false, true],
  ['/run/containerd', false, true],
  ['/var/runtime', false, false],
])('the path %s is a socket: %s, has one: %s', (path, isSocket, hasSocket) => {
  expect([isRuntimeSocket(path), hasRuntimeSocket(path)]).toEqual([isSocket, hasSocket]);
});
