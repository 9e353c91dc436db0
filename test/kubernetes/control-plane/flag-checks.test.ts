import { describe, expect, test } from '@jest/globals';
import { flagFindings, flagMessages } from '../../../src/kubernetes/control-plane/flag-checks.ts';
import type { ComponentFlags } from '../../../src/kubernetes/control-plane/flags.ts';
import table from '../../../src/kubernetes/data/control-plane-flags.json' with { type: 'json' };
import { Field } from '../../../src/kubernetes/field.ts';

const server = (
  flags: Readonly<Record<string, string>>,
  more: Partial<ComponentFlags> = {},
): ComponentFlags => ({
  component: 'kube-apiserver',
  flags: new Map(
    Object.entries(flags).map(([name, value]) => [
      name,
      { name, written: `--${name}`, value, place: new Field(value) },
    ]),
  ),
  place: new Field([]).at(0),
  rest: 'program',
  ...more,
});

describe('authorization-mode', () => {
  test.each<[string, ComponentFlags, string[]]>([
    ['as it should be', server({ 'authorization-mode': 'Node, RBAC' }), []],
    ['nothing set', server({}), ['always-allow-missing']],
    ['set to nothing', server({ 'authorization-mode': '' }), ['always-allow-missing']],
    ['in a file', server({ 'authorization-config': '/a' }), []],
    ['open', server({ 'authorization-mode': 'RBAC,AlwaysAllow' }), ['always-allow']],
    ['ABAC', server({ 'authorization-mode': 'ABAC' }), ['no-node', 'no-rbac']],
    ['without nodes', server({ 'authorization-mode': 'RBAC' }, { hosted: true }), []],
    ['a tool sets it', server({}, { rest: 'unknown', tool: 'kubeadm' }), []],
    [
      'a tool replaces it',
      server({ 'authorization-mode': 'RBAC' }, { rest: 'unknown', tool: 'kubeadm' }),
      ['no-node'],
    ],
    [
      'a tool adds to it',
      server({ 'authorization-mode': 'Webhook' }, { rest: 'unknown', tool: 'talos' }),
      [],
    ],
  ])('%s', (_, component, ids) => {
    expect(flagFindings('authorization-mode', component).map(({ id }) => id)).toEqual(ids);
  });
});

test('a pair lacks the half that is not set', () => {
  const [finding] = flagFindings('control-plane-tls', server({ 'kubelet-client-certificate': '/a' }));
  expect(finding?.data.flag).toBe('--kubelet-client-key');
});

test('an audit policy is asked for only where something is written', () => {
  const ids = (flags: Readonly<Record<string, string>>) =>
    flagFindings('audit-log-off', server(flags)).map(({ id }) => id);
  expect(ids({})).toEqual(['no-log-missing']);
  expect(ids({ 'audit-log-path': '-' })).toEqual(['no-policy-missing']);
});

test('every finding has its message, and every row something to say', () => {
  for (const { rule, id, text, missing, missingField } of table.checks) {
    const messages = Object.keys(flagMessages(rule));
    const own = [
      text && id,
      missing && `${id}-missing`,
      missing && `${id}-hosted`,
      missingField && `${id}-field`,
    ];
    const expected = own.filter((each) => each !== undefined);
    expect(expected.length).toBeGreaterThan(0);
    expect(messages).toEqual(expect.arrayContaining(expected));
  }
});
