import { describe, expect, test } from '@jest/globals';
import { readCalicoSelector } from '../../../src/kubernetes/network/calico-selector.ts';
import { anyPodIn, isAllowed, isIsolated, readPolicies } from '../../../src/kubernetes/network/policies.ts';
import type { Party } from '../../../src/kubernetes/network/policy.ts';
import { object, pod } from './pods.ts';

describe('a selector', () => {
  const labels = new Map([
    ['role', 'db'],
    ['tier', 'back end'],
    ['app.kubernetes.io/name', 'shop-api'],
  ]);

  test.each<[string, boolean]>([
    ['', true],
    ['all()', true],
    ['!all()', false],
    ['global()', false],
    ['role == "db"', true],
    ["role == 'web'", false],
    ['role=="db"', true],
    ['missing == ""', false],
    ['role != "web"', true],
    ['role != "db"', false],
    ['missing != "db"', true],
    ['role in {"web", "db"}', true],
    ['role in {}', false],
    ['role in { "web" }', false],
    ['missing in {"db"}', false],
    ['role not in {"web"}', true],
    ['role not in {"db"}', false],
    ['missing not in {"db"}', true],
    ['has(role)', true],
    ['has( missing )', false],
    ['!has(missing)', true],
    ['! ! has(role)', true],
    ['app.kubernetes.io/name contains "-"', true],
    ['app.kubernetes.io/name starts with "shop"', true],
    ['app.kubernetes.io/name starts with "api"', false],
    ['app.kubernetes.io/name ends  with "api"', true],
    ['missing ends with ""', false],
    ['tier == "back end"', true],
    ['!role == "db"', false],
    ['has(role) && role == "web" || has(tier)', true],
    ['has(tier) || has(role) && role == "web"', true],
    ['(has(tier) || has(role)) && role == "web"', false],
    ['!(role == "web" || role == "cache")', true],
    ['((((has(role)))))', true],
  ])('%s: %s', (text, expected) => {
    expect(readCalicoSelector(text)?.(labels)).toBe(expected);
  });

  test.each([
    'role',
    'role ==',
    'role == db',
    'role = "db"',
    'role like "db"',
    'has(role',
    'has()',
    'none()',
    'all() all()',
    '(all()',
    'all())',
    'role in {"a"',
    'role not "a"',
    'role starts "a"',
    '&& all()',
    'all() ||',
    'role == "a',
    'role == "a" ; all()',
    `${'('.repeat(5000)}all()${')'.repeat(5000)}`,
  ])('cannot be read: %.30s', (text) => {
    expect(readCalicoSelector(text)).toBeUndefined();
  });

  test('may be long', () => {
    const text = new Array(20_000).fill('has(role)').join(' && ');
    expect(readCalicoSelector(text)?.(labels)).toBe(true);
  });
});

const web = pod('shop', { app: 'web' }, { tenant: 'a' });
const db = pod('shop', { app: 'db' }, { tenant: 'a' });
const other = pod('other', { app: 'web' });
const unknown = anyPodIn(web.namespace);

function calico(kind: 'NetworkPolicy' | 'GlobalNetworkPolicy', ...specs: unknown[]) {
  const namespace = kind === 'NetworkPolicy' ? 'shop' : undefined;
  return specs.flatMap((spec) => readPolicies(object('projectcalico.org/v3', kind, spec, namespace)));
}

describe('isolates all pods of a namespace', () => {
  test.each<[string, unknown, boolean]>([
    ['without selector or types', {}, true],
    ['all()', { selector: 'all()', types: ['Ingress', 'Egress'] }, true],
    ['the namespace that it selects', { selector: 'projectcalico.org/namespace == "shop"' }, true],
    ['all but some', { namespaceSelector: "projectcalico.org/name not in {'kube-system'}" }, true],
    ['namespaces by label', { namespaceSelector: 'has(tenant) && tenant != "b"' }, true],
    ['a selector that cannot be read', { selector: 'tenant like "x"' }, true],
    ['not what it leaves out', { namespaceSelector: 'projectcalico.org/name not in {"shop"}' }, false],
    ['not some pods', { selector: 'app == "web"' }, false],
    ['not those of a ServiceAccount', { serviceAccountSelector: 'projectcalico.org/name == "robot"' }, false],
    ['not for egress', { types: ['Egress'] }, false],
    ['not when it only has egress', { egress: [{ action: 'Allow' }] }, false],
    ['not the interfaces of nodes', { doNotTrack: true }, false],
  ])('%s', (_, spec, expected) => {
    for (const kind of ['NetworkPolicy', 'GlobalNetworkPolicy'] as const)
      expect(isIsolated(calico(kind, spec), unknown, 'ingress')).toBe(expected);
  });

  test('also under the group of the CRDs', () => {
    const policy = object('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', {});
    expect(isIsolated(readPolicies(policy), unknown, 'ingress')).toBe(true);
  });
});

describe('lets traffic pass', () => {
  const allow = (source: unknown, destination?: unknown) => ({
    ingress: [{ action: 'Allow', protocol: 'TCP', source, destination }],
  });
  test.each<[string, unknown[], Party, boolean]>([
    ['from everyone', [{ ingress: [{ action: 'Allow' }] }], '192.0.2.1', true],
    ['from selected pods', [allow({ selector: 'app == "web"' })], web, true],
    ['not from others', [allow({ selector: 'app == "web"' })], db, false],
    ['not from other namespaces', [allow({ selector: 'app == "web"' })], other, false],
    [
      'from selected namespaces',
      [allow({ namespaceSelector: 'projectcalico.org/name == "other"', selector: 'app == "web"' })],
      other,
      true,
    ],
    ['not from what is left out', [allow({ notSelector: 'app == "web"' })], web, false],
    ['from a ServiceAccount', [allow({ serviceAccounts: { names: ['robot'] } })], web, true],
    ['not from another ServiceAccount', [allow({ serviceAccounts: { names: ['x'] } })], web, false],
    ['from a net', [allow({ nets: ['10.0.0.0/8'] })], '10.1.1.1', true],
    ['not from outside the net', [allow({ nets: ['10.0.0.0/8'] })], '192.0.2.1', false],
    ['not from a net that is left out', [allow({ notNets: ['10.0.0.0/8'] })], '10.1.1.1', false],
    ['to a port', [allow({}, { ports: [80] })], web, true],
    ['to a range of ports', [allow({}, { ports: ['79:81'] })], web, true],
    ['not to other ports', [allow({}, { ports: [81, '8080:8090', 'http'] })], web, false],
    ['by the first rule that fits', [{ ingress: [{ action: 'Deny' }, { action: 'Allow' }] }], web, false],
    ['not by a rule that only logs', [{ ingress: [{ action: 'Log' }, { action: 'Allow' }] }], web, true],
    [
      'by order',
      [
        { order: 2, ingress: [{ action: 'Deny' }] },
        { order: 1, ingress: [{ action: 'Allow' }] },
      ],
      web,
      true,
    ],
    [
      'without order last',
      [{ ingress: [{ action: 'Deny' }] }, { order: 1, ingress: [{ action: 'Allow' }] }],
      web,
      true,
    ],
  ])('%s', (_, specs, party, expected) => {
    const traffic = { direction: 'ingress', party, port: { protocol: 'TCP', number: 80 } } as const;
    expect(isAllowed(calico('NetworkPolicy', ...specs), db, traffic)).toBe(expected);
  });
});

test.each<[string, unknown, string]>([
  ['nobody named', { action: 'Allow', source: { ports: [1] } }, 'everyone'],
  ['every net', { action: 'Allow', source: { nets: ['0.0.0.0/0'] } }, 'everyone'],
  ['every namespace', { action: 'Allow', source: { namespaceSelector: 'all()' } }, 'every pod'],
  ['some pods', { action: 'Allow', source: { selector: 'has(app)' } }, 'some'],
])('the scope of %s', (_, rule, scope) => {
  const [policy] = calico('NetworkPolicy', { ingress: [rule] });
  expect(policy?.rules.ingress[0]?.peers[0]?.scope).toBe(scope);
});
