import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { grantsEverything, isShippedRole, rulesOf } from '../../src/kubernetes/rbac.ts';

const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

function role(
  name: string,
  content: object = {},
  labels: object = {},
  kind = 'ClusterRole',
): KubernetesObject {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const object = readObject({ apiVersion, kind, metadata: { name, labels }, ...content });
  if (object === undefined) throw new Error('no object');
  return object;
}

describe('grantsEverything', () => {
  test.each<[string, unknown[], boolean]>([
    ['no rules', [], false],
    ['all wildcards', [all], true],
    ['one group', [{ ...all, apiGroups: ['apps'] }], false],
    ['the core group', [{ ...all, apiGroups: [''] }], false],
    ['one resource', [{ ...all, resources: ['pods'] }], false],
    ['subresources only', [{ ...all, resources: ['*/scale'] }], false],
    ['named objects', [{ ...all, resourceNames: ['settings'] }], false],
    ['paths', [{ nonResourceURLs: ['*'], verbs: ['*'] }], false],
    ['reading', [{ ...all, verbs: ['get', 'list', 'watch'] }], false],
    [
      'every verb',
      [{ ...all, verbs: ['delete', 'patch', 'update', 'create', 'watch', 'list', 'get'] }],
      true,
    ],
    [
      'every verb in parts',
      [
        { ...all, verbs: ['get', 'list', 'watch'] },
        { ...all, verbs: ['create', 'update', 'patch', 'delete'] },
      ],
      true,
    ],
    [
      'every verb, but elsewhere',
      [
        { ...all, verbs: ['get', 'list', 'watch'] },
        { ...all, apiGroups: ['apps'] },
      ],
      false,
    ],
    ['nonsense', [null, 1, { apiGroups: '*', resources: '*', verbs: '*' }], false],
  ])('%s', (_, rules, expected) => {
    expect(grantsEverything(new Field(rules).items())).toBe(expected);
  });
});

describe('rulesOf', () => {
  const selects = (...labels: object[]) => ({
    aggregationRule: { clusterRoleSelectors: labels.map((matchLabels) => ({ matchLabels })) },
    rules: [all],
  });
  const part = role('part', { rules: [{ verbs: ['get'] }] }, { to: 'middle' });
  const other = role('other', { rules: [{ verbs: ['list'] }] }, { to: 'top' });
  const middle = role('middle', selects({ to: 'middle' }, { to: 'top' }), { to: 'top' });
  const top = role('top', selects({ to: 'top' }));
  const roles = [part, other, middle, top];
  const verbs = (of: KubernetesObject) => rulesOf(of, () => roles).map((rule) => rule.at('verbs', 0).value);

  test('of a plain role are its own', () => {
    expect(verbs(part)).toEqual(['get']);
  });

  test('of an aggregated role are those that it collects, over several steps and circles, and not its own', () => {
    expect(verbs(top)).toEqual(['list', 'get']);
  });

  test('of an aggregated role that selects nothing are none', () => {
    expect(rulesOf(role('lonely', selects({ to: 'nobody' })), () => roles)).toEqual([]);
  });
});

describe('isShippedRole', () => {
  test.each([
    ['cluster-admin', 'ClusterRole', true],
    ['system:controller:namespace-controller', 'ClusterRole', true],
    ['system:our-own', 'ClusterRole', false],
    ['cluster-admin', 'Role', false],
  ])('%s as %s', (name, kind, expected) => {
    expect(isShippedRole(role(name, {}, {}, kind))).toBe(expected);
  });
});
