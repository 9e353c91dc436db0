import { describe, expect, test } from '@jest/globals';
import { auditDecision, logsMore } from '../../../src/kubernetes/control-plane/audit-policy.ts';
import { Field } from '../../../src/kubernetes/field.ts';
import { parseYaml } from '../../../src/yaml/parse.ts';

const decide = (rules: string, resource: string, verb = 'create', group = '') => {
  const value = parseYaml(`rules: ${rules}`).documents[0]?.value;
  return auditDecision(new Field(value), { verb, group, resource });
};

const catchAll = '{level: Metadata}';

describe('the first rule that matches decides', () => {
  test.each<[string, string, string, string]>([
    ['in order', `[{level: None}, ${catchAll}]`, 'pods', 'None'],
    ['no rule', '[]', 'pods', 'None'],
    ['none matches', '[{level: Request, verbs: [get]}]', 'pods', 'None'],
    ['verbs', `[{level: None, verbs: [get]}, ${catchAll}]`, 'pods', 'Metadata'],
    ['another user', `[{level: None, users: [kube]}, ${catchAll}]`, 'pods', 'Metadata'],
    [
      'another group of users',
      `[{level: None, userGroups: ["system:nodes"]}, ${catchAll}]`,
      'pods',
      'Metadata',
    ],
    ['everybody', `[{level: None, userGroups: ["system:authenticated"]}, ${catchAll}]`, 'pods', 'None'],
    ['a namespace', `[{level: None, namespaces: [kube-system]}, ${catchAll}]`, 'pods', 'Metadata'],
    ['URLs', `[{level: None, nonResourceURLs: ["/healthz*"]}, ${catchAll}]`, 'pods', 'Metadata'],
    ['a resource', '[{level: Request, resources: [{resources: [pods]}]}]', 'pods', 'Request'],
    ['not its subresource', '[{level: Request, resources: [{resources: [pods]}]}]', 'pods/exec', 'None'],
    ['a subresource', '[{level: Request, resources: [{resources: [pods/exec]}]}]', 'pods/exec', 'Request'],
    [
      'all of its subresources',
      '[{level: Request, resources: [{resources: [pods/*]}]}]',
      'pods/exec',
      'Request',
    ],
    [
      'a subresource of all',
      '[{level: Request, resources: [{resources: ["*/exec"]}]}]',
      'pods/exec',
      'Request',
    ],
    ['everything of a group', '[{level: Request, resources: [{group: ""}]}]', 'pods/exec', 'Request'],
    ['a wildcard', '[{level: Request, resources: [{resources: ["*"]}]}]', 'pods/exec', 'Request'],
    ['another group', '[{level: Request, resources: [{group: apps}]}]', 'pods', 'None'],
    ['a name', '[{level: Request, resources: [{resources: [pods], resourceNames: [a]}]}]', 'pods', 'None'],
    ['a level that does not exist', '[{level: Everything}]', 'pods', 'None'],
  ])('%s', (_, rules, resource, level) => {
    expect(decide(rules, resource).level).toBe(level);
  });

  test('which rule it was', () => {
    expect(decide(`[{level: None, verbs: [get]}, ${catchAll}]`, 'pods').rule?.pointer).toBe('/rules/1');
  });
});

test('levels have an order', () => {
  expect(logsMore('Request', 'Metadata')).toBe(true);
  expect(logsMore('Metadata', 'Metadata')).toBe(false);
});
