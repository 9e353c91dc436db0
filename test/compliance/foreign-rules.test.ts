import { describe, expect, test } from '@jest/globals';
import {
  type ForeignTool,
  foreignLookup,
  foreignNames,
  foreignTools,
  rulesKnownTo,
} from '../../src/compliance/foreign-rules.ts';
import { ruleIds, rules } from '../../src/rules/index.ts';

/** How each tool writes its names. */
const forms: Readonly<Record<ForeignTool, RegExp>> = {
  'kube-linter': /^[a-z]+(-[a-z\d]+)*$/,
  polaris: /^[a-z]+([A-Z]+[a-z]*)*$/,
  'kube-score': /^[a-z]+(-[a-z]+)*$/,
  checkov: /^CKV2?_K8S_\d+$/,
  trivy: /^K[SC]V-\d{4,5}$/,
  kubescape: /^C-\d{4}$/,
};

describe('the table', () => {
  test('names rules that there are', () => {
    expect(Object.keys(foreignNames).filter((rule) => !ruleIds.includes(rule))).toEqual([]);
  });

  test('has names as the tools write them, each once', () => {
    const odd = Object.entries(foreignNames).flatMap(([rule, byTool]) =>
      foreignTools.flatMap((tool) => {
        const names = byTool[tool] ?? [];
        return names
          .filter((name, index) => !forms[tool].test(name) || names.indexOf(name) !== index)
          .map((name) => `${rule}: ${tool} ${name}`);
      }),
    );
    expect(odd).toEqual([]);
  });

  test('has every name of another tool that a rule has among its controls', () => {
    const lookup = foreignLookup();
    const missing = rules.flatMap(({ id, controls, messages }) =>
      [
        ...controls,
        ...Object.values(messages).flatMap((each) => (typeof each === 'string' ? [] : (each.controls ?? []))),
      ]
        .filter((control) => {
          const [prefix, name = ''] = control.split(':');
          const tool = foreignTools.find((each) => each === prefix);
          return tool !== undefined && !lookup(name, tool).includes(id);
        })
        .map((control) => `${id}: ${control}`),
    );
    expect(missing).toEqual([]);
  });
});

test.each<[string, ForeignTool, readonly string[]]>([
  ['KSV-0017', 'trivy', ['pod/privileged']],
  ['AVD-KSV-0017', 'trivy', ['pod/privileged']],
  ['ksv017', 'trivy', ['pod/privileged']],
  ['KSV-01011', 'trivy', ['rbac/broad-subject']],
  ['KSV-0101', 'trivy', []],
  ['CKV_K8S_16', 'checkov', ['pod/privileged']],
  ['CKV_K8S_160', 'checkov', []],
  ['c-0038', 'kubescape', ['pod/host-ipc', 'pod/host-pid']],
  ['privileged-container', 'kube-linter', ['pod/privileged']],
  ['runAsPrivileged', 'polaris', ['pod/privileged']],
  ['privileged-container', 'polaris', []],
  ['', 'trivy', []],
])('%s of %s', (name, tool, expected) => {
  expect(foreignLookup()(name, tool)).toEqual(expected);
});

test('what a tool looks for', () => {
  expect(rulesKnownTo('polaris')).toContain('pod/host-path');
  expect(rulesKnownTo('kube-linter')).not.toContain('pod/host-path');
});
