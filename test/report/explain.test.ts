import { describe, expect, test } from '@jest/globals';
import { loadFrameworks } from '../../src/compliance/frameworks/index.ts';
import { UserError } from '../../src/errors.ts';
import { explain, listRules } from '../../src/report/explain.ts';
import { ruleIds, rules } from '../../src/rules/index.ts';

const frameworks = await loadFrameworks();
const explained = (name: string, width?: number) => explain(name, rules, { frameworks, width });

describe('listRules', () => {
  test('without a terminal each rule is a line', () => {
    const lines = listRules(rules).trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([...ruleIds].sort());
    expect(lines.find((line) => line.startsWith('pod/privileged '))).toMatch(
      /^pod\/privileged +critical +recommended +Container runs privileged \(pss, cis, .*owasp-k8s\)$/,
    );
    expect(lines.find((line) => line.startsWith('gitops/argo-default-project '))).toContain(' strict ');
  });

  test.each([80, 100, 160])('a terminal of %d columns shows all of it', (width) => {
    const text = listRules(rules, width);
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
    for (const id of ruleIds) expect(text).toMatch(new RegExp(`^${id} `, 'm'));
    const words = text.split(/\s+/);
    for (const { summary } of rules) expect(words).toEqual(expect.arrayContaining(summary.split(' ')));
  });

  test('a column ends where the next one begins', () => {
    const few = rules.filter(({ id }) => id === 'pod/host-pid' || id === 'pod/host-ipc');
    const [head = '', ...lines] = listRules(few, 80).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.slice(0, head.indexOf('What'))).toMatch(/ {2}$/);
  });
});

describe('explain', () => {
  test('says what there is to say', () => {
    const text = explained('pod/privileged');
    for (const said of [
      'pod/privileged: Container runs privileged',
      'Severity   critical',
      'Profile    recommended',
      'Looks at   workloads (all kinds with a pod template)',
      'Since      0.1.0',
      'Elsewhere  kube-linter: privileged-container',
      'trivy: KSV-0017',
      'critical  Container {container} runs privileged.',
      '  CIS Kubernetes Benchmark 1.12\n    5.2.2  Privileged containers are kept out\n',
      '  PCI DSS 4.0.1: 1.4.1, 2.2.3, 2.2.4\n',
      'docs/rules/pod/privileged.md\n',
    ])
      expect(text).toContain(said);
  });

  test('says which options a rule takes', () => {
    expect(explained('control-plane/audit-log-off')).toMatch(
      /\nOptions\n {2}minAge {6}Days .*\. Default: 30\n {2}minBackups {2}/,
    );
  });

  test.each(rules.map(({ id }) => [id]))('%s within 80 columns, but for long words', (id) => {
    const long = explained(id, 80)
      .split('\n')
      .filter((line) => line.length > 80 && line.trim().includes(' '));
    expect(long).toEqual([]);
  });

  test.each([
    ['KSV-0017', 'pod/privileged'],
    ['AVD-KSV-0017', 'pod/privileged'],
    ['CKV_K8S_16', 'pod/privileged'],
    ['C-0057', 'pod/privileged'],
    ['privileged-container', 'pod/privileged'],
    ['runAsPrivileged', 'pod/privileged'],
    ['container-security-context-privileged', 'pod/privileged'],
  ])('%s is %s', (name, id) => {
    expect(explained(name)).toBe(explained(id));
  });

  test('lists the rules when there are several', () => {
    expect(explained('C-0038').split('\n')).toEqual([
      '2 rules look for what is called C-0038 elsewhere:',
      '',
      expect.stringMatching(/^Rule /),
      expect.stringMatching(/^pod\/host-ipc /),
      expect.any(String),
      expect.stringMatching(/^pod\/host-pid /),
      expect.any(String),
      '',
    ]);
  });

  test.each([['pod/privilegd'], ['KSV-9999'], ['constructor'], ['']])('%j is no rule', (name) => {
    expect(() => explained(name)).toThrow(UserError);
  });
});
