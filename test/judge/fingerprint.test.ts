import { describe, expect, test } from '@jest/globals';
import { fingerprint, stablePointer } from '../../src/judge/fingerprint.ts';
import { candidate } from './candidates.ts';

describe('stablePointer', () => {
  const pod = {
    containers: [
      {
        name: 'app',
        ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
        volumeMounts: [{ mountPath: '/data', name: 'data' }],
        securityContext: { capabilities: { add: ['NET_ADMIN', 'SYS_TIME'] } },
      },
      { name: 'a/b~c' },
      { image: 'x' },
    ],
    tolerations: [{ key: 'node', operator: 'Exists' }],
    hostAliases: [{ ip: '10.0.0.1' }],
    numbers: [8080, true, 12345678901234567890n],
    nested: [['x']],
    empty: [null],
    'key/with~signs': { list: [{ name: 'one' }] },
  };
  test.each([
    ['', ''],
    ['/containers', '/containers'],
    ['/containers/0', '/containers/[name=app]'],
    ['/containers/1/image', '/containers/[name=a~1b~0c]/image'],
    ['/containers/0/ports/1/protocol', '/containers/[name=app]/ports/[containerPort=53]/protocol'],
    ['/containers/0/volumeMounts/0', '/containers/[name=app]/volumeMounts/[name=data]'],
    [
      '/containers/0/securityContext/capabilities/add/1',
      '/containers/[name=app]/securityContext/capabilities/add/[SYS_TIME]',
    ],
    ['/tolerations/0/operator', '/tolerations/[key=node]/operator'],
    ['/hostAliases/0', '/hostAliases/[ip=10.0.0.1]'],
    ['/numbers/0', '/numbers/[8080]'],
    ['/numbers/1', '/numbers/[true]'],
    ['/numbers/2', '/numbers/[12345678901234567890]'],
    ['/key~1with~0signs/list/0', '/key~1with~0signs/list/[name=one]'],
    ['/missing/field', '/missing/field'],
    ['/containers/7/name', '/containers/7/name'],
    ['/containers/0/name/deeper/0', '/containers/[name=app]/name/deeper/0'],
  ])('%s becomes %s', (pointer, expected) => {
    expect(stablePointer(pod, pointer)).toBe(expected);
  });

  test.each(['/containers/2', '/nested/0', '/empty/0'])('%s has a hash, as it has no identity', (pointer) => {
    expect(stablePointer(pod, pointer)).toMatch(/^\/\w+\/\[#[0-9a-f]{8}\]$/);
  });

  test('the hash follows the item, not its place or the order of its keys', () => {
    const rule = { apiGroups: [''], resources: ['*'], verbs: ['get'] };
    const same = { verbs: ['get'], resources: ['*'], apiGroups: [''] };
    const other = { apiGroups: [''], resources: ['*', 'x'], verbs: ['get'] };
    const of = (rules: object[], index: number) => stablePointer({ rules }, `/rules/${index}/resources/0`);
    expect(of([other, same], 1)).toBe(of([rule], 0));
    expect(of([other], 0)).not.toBe(of([rule], 0));
  });

  test('lists and strings of another shape do not collide', () => {
    const places = [[['a', 'b']], [['ab']], [[['a'], 'b']], [['a,b']], [{ a: 'b' }]].map((list) =>
      stablePointer({ list }, '/list/0'),
    );
    expect(new Set(places).size).toBe(places.length);
  });

  test('a long scalar and a long name do not make a long pointer', () => {
    const long = 'x'.repeat(10_000);
    expect(stablePointer([long], '/0').length).toBeLessThan(20);
    expect(stablePointer([{ name: long }], '/0').length).toBeLessThan(20);
  });

  test('an own property that is called like an inherited one', () => {
    expect(stablePointer({}, '/constructor/name')).toBe('/constructor/name');
    expect(stablePointer([{ toString: 'x' }], '/0')).toMatch(/^\/\[#/);
  });
});

interface Workload {
  readonly apiVersion: string;
  readonly containers: readonly { name: string; image?: string; privileged?: boolean }[];
}

/** The fingerprint of `pod/privileged` on the container `app`, found where it stands. */
function ofApp({ apiVersion, containers }: Workload, given: Parameters<typeof candidate>[0] = {}): string {
  const index = containers.findIndex(({ name }) => name === 'app');
  const pointer = `/containers/${index}/privileged`;
  return fingerprint(
    candidate({
      rule: 'pod/privileged',
      ...given,
      pointer,
      place: stablePointer({ containers }, pointer),
      object: { apiVersion, container: 'app', ...given.object },
    }),
    0,
  );
}

describe('fingerprint', () => {
  const app = { name: 'app', image: 'shop:1', privileged: true };
  const original: Workload = { apiVersion: 'apps/v1', containers: [app, { name: 'proxy' }] };

  test('is 32 hexadecimal digits', () => {
    expect(ofApp(original)).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string, Workload, Parameters<typeof candidate>[0]]>([
    ['moved lines', original, { line: 99 }],
    ['containers in another order', { ...original, containers: [{ name: 'proxy' }, app] }, {}],
    [
      'a new container before it',
      { ...original, containers: [{ name: 'init' }, app, { name: 'proxy' }] },
      {},
    ],
    ['another image', { ...original, containers: [{ ...app, image: 'shop:2' }, { name: 'proxy' }] }, {}],
    ['another container renamed', { ...original, containers: [app, { name: 'envoy' }] }, {}],
    ['another version of the group', { ...original, apiVersion: 'apps/v1beta2' }, {}],
    [
      'another target, message, severity and controls',
      original,
      {
        target: 'prod',
        message: 'Reworded.',
        severity: 'low',
        controls: ['cis/1.12:5.2.2'],
      },
    ],
  ])('%s keep it', (_, workload, given) => {
    expect(ofApp(workload, given)).toBe(ofApp(original));
  });

  test.each<[string, Workload, Parameters<typeof candidate>[0]]>([
    ['rule', original, { rule: 'pod/host-path' }],
    ['message', original, { messageId: 'other' }],
    ['file', original, { file: 'other.yaml' }],
    ['kind', original, { object: { kind: 'DaemonSet' } }],
    ['namespace', original, { object: { namespace: 'test' } }],
    ['name', original, { object: { name: 'api' } }],
    ['container', original, { object: { container: 'proxy' } }],
    ['group', { ...original, apiVersion: 'extensions/v1beta1' }, {}],
    ['core group', { ...original, apiVersion: 'v1' }, {}],
  ])('another %s changes it', (_, workload, given) => {
    expect(ofApp(workload, given)).not.toBe(ofApp(original));
  });

  test('another place or ordinal changes it', () => {
    const places = ['/a/b', '/a', '/a~1b', ''].map((pointer) => fingerprint(candidate({ pointer }), 0));
    const all = [...places, fingerprint(candidate({ pointer: '/a' }), 1)];
    expect(new Set(all).size).toBe(5);
  });

  test('parts do not run into each other', () => {
    const one = candidate({ object: { namespace: 'a', name: 'bc' } });
    const two = candidate({ object: { namespace: 'ab', name: 'c' } });
    expect(fingerprint(one, 0)).not.toBe(fingerprint(two, 0));
  });
});
