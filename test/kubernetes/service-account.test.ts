import { describe, expect, test } from '@jest/globals';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { accountOfPod, findAccount, mountsToken } from '../../src/kubernetes/service-account.ts';
import { type Pod, podOf } from '../../src/kubernetes/workload.ts';

function read(value: object): KubernetesObject {
  const object = readObject({ apiVersion: 'v1', ...value });
  if (object === undefined) throw new Error('no object');
  return object;
}

function pod(spec: object): Pod {
  const found = podOf(read({ kind: 'Pod', spec }));
  if (found === undefined) throw new Error('no pod');
  return found;
}

function account(namespace?: string, content: object = {}): KubernetesObject {
  return read({ kind: 'ServiceAccount', metadata: { name: 'app', namespace }, ...content });
}

test.each([
  [{}, 'default'],
  [{ serviceAccountName: '' }, 'default'],
  [{ serviceAccountName: 'app' }, 'app'],
  [{ serviceAccount: 'old' }, 'old'],
  [{ serviceAccountName: 'app', serviceAccount: 'old' }, 'app'],
  [{ serviceAccountName: 7 }, 'default'],
])('%j runs as %s', (spec, name) => {
  expect(accountOfPod(pod(spec), 'shop')).toEqual({ namespace: 'shop', name });
});

describe('findAccount', () => {
  const find = (namespace: string | undefined, near: KubernetesObject[], far: KubernetesObject[]) =>
    findAccount(
      { namespace, name: 'app' },
      { target: new ObjectIndex(near), environment: new ObjectIndex([...near, ...far]) },
    );
  const shop = account('shop');
  const loose = account();

  test.each<
    [string, string | undefined, KubernetesObject[], KubernetesObject[], KubernetesObject | undefined]
  >([
    ['of the namespace', 'shop', [account('office'), shop], [], shop],
    ['that names no namespace', 'shop', [loose], [], loose],
    ['for a pod that names none', undefined, [shop], [], shop],
    ['of the namespace elsewhere', 'shop', [], [shop], shop],
    ['that names no namespace elsewhere', 'shop', [], [loose], undefined],
    ['for a pod that names none elsewhere', undefined, [], [shop], undefined],
  ])('%s', (_, namespace, near, far, expected) => {
    expect(find(namespace, near, far)).toBe(expected);
  });
});

describe('mountsToken', () => {
  const off = account('shop', { automountServiceAccountToken: false });
  const projected = (token: object) => ({
    automountServiceAccountToken: false,
    volumes: [{ name: 'token', projected: { sources: [{ configMap: {} }, { serviceAccountToken: token }] } }],
  });

  test.each<[string, object, KubernetesObject | undefined, boolean]>([
    ['by default', {}, undefined, true],
    ['not when the pod says no', { automountServiceAccountToken: false }, undefined, false],
    ['not when the account says no', {}, off, false],
    ['when the pod says yes over the account', { automountServiceAccountToken: true }, off, true],
    ['by a volume', projected({ path: 'token' }), undefined, true],
    [
      'not by a volume for another audience',
      projected({ path: 'token', audience: 'vault' }),
      undefined,
      false,
    ],
  ])('%s', (_, spec, of, expected) => {
    expect(mountsToken(pod(spec), of)).toBe(expected);
  });
});
