import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import {
  bindingsIn,
  boundRole,
  grantsAnyOf,
  grantsEverything,
  grantsIn,
  grantsOf,
  isShippedRole,
  membershipsOf,
  rbacOf,
} from '../../src/kubernetes/rbac.ts';

const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

function object(kind: string, metadata: object, content: object = {}): KubernetesObject {
  const read = readObject({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, ...content });
  if (read === undefined) throw new Error('no object');
  return read;
}

function role(
  name: string,
  content: object = {},
  labels: object = {},
  kind = 'ClusterRole',
): KubernetesObject {
  return object(kind, { name, labels }, content);
}

function binding(
  name: string,
  to: string,
  subjects: readonly object[],
  namespace?: string,
): KubernetesObject {
  const [kind = '', roleName = ''] = to.split('/');
  return object(
    namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    { name, namespace },
    { roleRef: { kind, name: roleName }, subjects },
  );
}

function account(name: string, namespace?: string): object {
  return { kind: 'ServiceAccount', name, namespace };
}

/** What a target sees that has these objects, and `more` around it. */
function inventory(objects: readonly KubernetesObject[], more: readonly KubernetesObject[] = []) {
  const environment = new ObjectIndex([...objects, ...more]);
  return { target: new ObjectIndex(objects), environment, repository: environment };
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

describe('grants', () => {
  const secrets = [{ apiGroup: '', resources: ['secrets'], verbs: ['get', 'list'] }];
  const exec = [{ apiGroup: '', resources: ['pods/exec', 'pods/attach'], verbs: ['create'] }];

  test.each<[string, typeof secrets, object, string[], string[]]>([
    [
      'a verb',
      secrets,
      { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['list'] },
      ['/resources/1'],
      [],
    ],
    ['all verbs', secrets, { apiGroups: [''], resources: ['secrets'], verbs: ['*'] }, ['/resources/0'], []],
    [
      'all groups',
      secrets,
      { apiGroups: ['*'], resources: ['secrets'], verbs: ['get'] },
      ['/resources/0'],
      [],
    ],
    ['all resources', secrets, { apiGroups: [''], resources: ['*'], verbs: ['get'] }, [], ['/resources/0']],
    ['another verb', secrets, { apiGroups: [''], resources: ['secrets'], verbs: ['create'] }, [], []],
    ['another group', secrets, { apiGroups: ['apps'], resources: ['secrets'], verbs: ['get'] }, [], []],
    [
      'names',
      secrets,
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['one'] },
      [],
      [],
    ],
    [
      'several subresources',
      exec,
      { apiGroups: [''], resources: ['pods/attach', 'pods/exec'], verbs: ['create'] },
      ['/resources/0', '/resources/1'],
      [],
    ],
    [
      'a subresource of all',
      exec,
      { apiGroups: [''], resources: ['*/exec'], verbs: ['create'] },
      ['/resources/0'],
      [],
    ],
    // Kubernetes knows no such pattern.
    ['all subresources', exec, { apiGroups: [''], resources: ['pods/*'], verbs: ['create'] }, [], []],
    ['no lists', secrets, { apiGroups: '', resources: 'secrets', verbs: 'get' }, [], []],
  ])('%s', (_, rights, rule, named, all) => {
    const places = (grants: ReturnType<typeof grantsOf>) => grants.map(({ resource }) => resource.pointer);
    expect(places(grantsOf(new Field(rule), rights))).toEqual(named);
    expect(places(grantsAnyOf(new Field(rule), rights))).toEqual([...all, ...named]);
  });

  const reader = role(
    'reader',
    { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] },
    { to: 'whole' },
  );
  const whole = role('whole', {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'whole' } }] },
  });
  const near = binding('near', 'ClusterRole/reader', [account('app', 'shop')], 'shop');
  const wide = binding('wide', 'ClusterRole/reader', [account('app', 'shop')]);
  const nobody = binding('nobody', 'ClusterRole/reader', []);
  const byWhole = binding('by-whole', 'ClusterRole/whole', [account('app', 'shop')]);

  test.each<[string, KubernetesObject[], KubernetesObject[], string, string[]]>([
    ['nothing', [], [], 'unbound', []],
    ['a binding of nobody', [nobody], [], 'unbound', []],
    ['a RoleBinding', [near], [], 'namespace', ['near']],
    ['both', [near, wide], [], 'cluster', ['wide']],
    ['a ClusterRoleBinding elsewhere', [near], [wide], 'cluster', ['wide']],
    ['a role that collects it', [whole, byWhole], [], 'cluster', ['by-whole']],
  ])('reach as far as they are bound: by %s', (_, objects, more, reach, bindings) => {
    const [grant] = grantsIn(reader, inventory([reader, ...objects], more), secrets);
    expect(grant?.reach).toBe(reach);
    expect(grant?.related.map(({ manifest }) => manifest.name)).toEqual(bindings);
  });

  test('of a role that Kubernetes ships are none', () => {
    const { value } = reader.root.at('rules');
    expect(grantsIn(role('system:node', { rules: value }), inventory([]), secrets)).toEqual([]);
  });
});

describe('boundRole', () => {
  const one = role('manager', { rules: [{ verbs: ['get'] }] });
  const other = role('manager', { rules: [{ verbs: ['list'] }] });
  const bound = binding('manager', 'ClusterRole/manager', [account('app', 'shop')]);
  const verbOf = (...of: Parameters<typeof inventory>) =>
    boundRole(bound, inventory(...of))?.rules.map(({ rule }) => rule.at('verbs', 0).value);

  test('is the one of the target, else the only one around it', () => {
    expect(verbOf([bound, one], [other])).toEqual(['get']);
    expect(verbOf([bound], [other])).toEqual(['list']);
    expect(verbOf([bound], [one, other])).toBeUndefined();
    expect(verbOf([bound])).toBeUndefined();
  });

  test('is the Role of the same namespace for a RoleBinding', () => {
    const to = binding('b', 'Role/r', [account('app')], 'shop');
    const roles = ['office', 'shop'].map((namespace) => object('Role', { name: 'r', namespace }));
    expect(boundRole(to, inventory([to, ...roles]))?.role.namespace).toBe('shop');
  });
});

describe('rules of a role', () => {
  const selects = (...labels: object[]) => ({
    aggregationRule: { clusterRoleSelectors: labels.map((matchLabels) => ({ matchLabels })) },
    rules: [all],
  });
  const part = role('part', { rules: [{ verbs: ['get'] }] }, { to: 'middle' });
  const other = role('other', { rules: [{ verbs: ['list'] }] }, { to: 'top' });
  const middle = role('middle', selects({ to: 'middle' }, { to: 'top' }), { to: 'top' });
  const top = role('top', selects({ to: 'top' }));
  const lonely = role('lonely', selects({ to: 'nobody' }));
  const byExpression = role('by-expression', {
    aggregationRule: {
      clusterRoleSelectors: [{ matchExpressions: [{ key: 'to', operator: 'In', values: ['top'] }] }],
    },
  });
  const toTop = binding('to-top', 'ClusterRole/top', [account('app', 'shop')]);
  const index = new ObjectIndex([part, other, middle, top, lonely, byExpression, toTop]);
  const verbs = (of: KubernetesObject) =>
    rbacOf(index)
      .rulesOf(of)
      .map(({ rule }) => rule.at('verbs', 0).value);

  test.each<[string, KubernetesObject, string[]]>([
    ['of a plain role are its own', part, ['get']],
    [
      'of an aggregated role are those that it collects, over several steps and circles, and not its own',
      top,
      ['list', 'get'],
    ],
    ['of one that selects by expressions are those that it collects', byExpression, ['list', 'get']],
    ['of an aggregated role that selects nothing are none', lonely, []],
  ])('%s', (_, of, expected) => {
    expect(verbs(of).sort()).toEqual([...expected].sort());
  });

  test('are given by the bindings of each role that collects them', () => {
    expect(bindingsIn(index, part)).toEqual([toTop]);
    expect(bindingsIn(index, lonely)).toEqual([]);
  });
});

describe('membershipsOf', () => {
  const named = binding('named', 'ClusterRole/r', [account('app', 'shop'), account('app', 'office')]);
  const loose = binding('loose', 'ClusterRole/r', [account('app')]);
  const asUser = binding('as-user', 'ClusterRole/r', [
    { kind: 'User', name: 'system:serviceaccount:shop:app' },
  ]);
  const group = (name: string) => binding(name, 'ClusterRole/r', [{ kind: 'Group', name }]);
  const everybody = group('system:authenticated');
  const pods = group('system:serviceaccounts');
  const shop = group('system:serviceaccounts:shop');
  const office = group('system:serviceaccounts:office');
  const user = binding('user', 'ClusterRole/r', [{ kind: 'User', name: 'app' }]);
  const objects = [named, loose, asUser, everybody, pods, shop, office, user];
  const names = (namespace: string | undefined, ...of: Parameters<typeof inventory>) =>
    membershipsOf({ namespace, name: 'app' }, inventory(...of)).map((one) => one.binding.name);

  test('are by name, as user and by group', () => {
    expect(names('shop', objects)).toEqual([
      'named',
      'as-user',
      'loose',
      'system:authenticated',
      'system:serviceaccounts',
      'system:serviceaccounts:shop',
    ]);
  });

  test('without a namespace may be of any in the target', () => {
    expect(names(undefined, [named, loose])).toEqual(['named', 'named', 'loose']);
  });

  test('elsewhere count when they name the namespace', () => {
    expect(names('shop', [], objects)).toEqual(['named', 'as-user']);
    expect(names(undefined, [], objects)).toEqual([]);
  });

  test('of an account default do not count elsewhere', () => {
    const bound = binding('b', 'ClusterRole/r', [account('default', 'shop')]);
    const of = { namespace: 'shop', name: 'default' };
    expect(membershipsOf(of, inventory([bound]))).toHaveLength(1);
    expect(membershipsOf(of, inventory([], [bound]))).toEqual([]);
  });

  test('take no longer than there are objects', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => [
      role(`r${i}`, {}, { part: `${i}` }),
      role(`w${i}`, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: `${i}` } }] } }),
      binding(`b${i}`, `ClusterRole/w${i}`, [account(`a${i}`, 'shop')]),
    ]).flat();
    const of = inventory(many);
    const [first, , last] = many;
    expect(many.filter((each) => bindingsIn(of.target, each).length === 1)).toHaveLength(40_000);
    expect(first && bindingsIn(of.target, first)).toHaveLength(1);
    expect(last && boundRole(last, of)?.role.name).toBe('w0');
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
