import { type AuditedRequest, auditDecision, logsMore } from '../../kubernetes/control-plane/audit-policy.ts';
import { talhelperPatches } from '../../kubernetes/control-plane/carriers.ts';
import type { Field } from '../../kubernetes/field.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { isTestDirectory } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

const writes = ['create', 'update', 'patch', 'delete'];

/** What must be logged, by the name of its resources. Source: CIS Kubernetes Benchmark 1.12, 3.2.2. */
const wanted: readonly (readonly [group: string, resource: string, verbs: readonly string[]])[] = [
  ['', 'secrets', ['get', 'list', ...writes]],
  ['', 'pods', writes],
  ['', 'pods/exec', ['get', 'create']],
  ['', 'pods/portforward', ['get', 'create']],
  ['', 'pods/proxy', ['get', 'create']],
  ['', 'services/proxy', ['get', 'create']],
  ['', 'serviceaccounts/token', ['create']],
  ['apps', 'deployments', writes],
  ['certificates.k8s.io', 'certificatesigningrequests', writes],
  ['rbac.authorization.k8s.io', 'clusterroles', writes],
  ['rbac.authorization.k8s.io', 'clusterrolebindings', writes],
  ['rbac.authorization.k8s.io', 'roles', writes],
  ['rbac.authorization.k8s.io', 'rolebindings', writes],
];

/** Requests and answers that hold secrets, which the log must not repeat. */
const confidential: readonly (readonly [group: string, resource: string, verbs: readonly string[]])[] = [
  ['', 'secrets', ['get', 'list', 'create', 'update', 'patch']],
  ['authentication.k8s.io', 'tokenreviews', ['create']],
  ['', 'serviceaccounts/token', ['create']],
];

const configMaps = [['', 'configmaps', ['get', 'list', 'create', 'update', 'patch']]] as const;

export default defineRule({
  id: 'control-plane/audit-policy-weak',
  severity: 'high',
  kinds: ['Policy.audit.k8s.io', projectKinds.talos, projectKinds.talhelper],
  summary: 'Audit policy leaves out what matters, or logs secrets',
  why: 'The first rule that matches decides what is logged. A rule that is too wide and too early hides commands in pods and changes of rights, and a level above Metadata copies Secrets and tokens into the log.',
  remedy:
    'Log Secrets, ConfigMaps and token reviews at the level Metadata, end with a rule for all requests at Metadata or above, and use None only for what is named.',
  controls: ['nsa:log.audit', 'mitre:T1562.001', 'owasp-k8s/2025:K10'],
  bundle: 'AUDIT',
  recommended: true,
  since: '0.1.0',
  messages: {
    unlogged: {
      text: 'This rule decides that nothing is logged of {what}.',
      controls: ['cis/1.12:3.2.2'],
    },
    unmatched: {
      text: 'No rule matches, so nothing is logged of {what}.',
      controls: ['cis/1.12:3.2.2'],
    },
    empty: { text: 'The policy has no rules, so nothing is logged.', controls: ['cis/1.12:3.2.1'] },
    leak: {
      text: 'The level {level} writes the content of {what} to the audit log.',
      controls: ['cis/1.12:3.2.2'],
    },
    configMaps: {
      text: 'The level {level} writes the content of {what} to the audit log, which may hold credentials.',
      severity: 'medium',
      recommended: false,
      controls: ['cis/1.12:3.2.2'],
    },
    version: {
      text: 'kube-apiserver has not read {apiVersion} since Kubernetes 1.24.',
      controls: ['cis/1.12:3.2.1'],
    },
  },
  check({ manifest, report }) {
    if (isTestDirectory(manifest.target.name)) return;
    for (const { policy, at } of policiesOf(manifest)) {
      const apiVersion = policy.at('apiVersion').string ?? '';
      if (/^audit\.k8s\.io\/v1(?:alpha|beta)1$/.test(apiVersion))
        report(at(policy.at('apiVersion')), 'version', { apiVersion });
      if (policy.at('rules').items().length === 0) {
        report(at(policy.at('rules')), 'empty');
        continue;
      }
      const lost = byRule(policy, wanted, (level) => level === 'None');
      for (const { rule, what } of lost)
        if (rule === undefined) report(at(policy.at('rules')), 'unmatched', { what });
        else report(at(rule.at('level')), 'unlogged', { what });
      for (const [message, requests] of [
        ['leak', confidential],
        ['configMaps', configMaps],
      ] as const)
        for (const { rule, level, what } of byRule(policy, requests, (each) => logsMore(each, 'Metadata')))
          if (rule !== undefined) report(at(rule.at('level')), message, { what, level });
    }
  },
});

/** The policies in an object, and where their fields are to be reported. */
function policiesOf({ groupKind, root }: KubernetesObject): { policy: Field; at: (field: Field) => Field }[] {
  const inTalos = ['cluster', 'apiServer', 'auditPolicy'];
  const found =
    groupKind === projectKinds.talhelper
      ? talhelperPatches(root).map(({ field, patch }) => ({ policy: patch.at(...inTalos), at: () => field }))
      : [
          {
            policy: groupKind === projectKinds.talos ? root.at(...inTalos) : root,
            at: (field: Field) => field,
          },
        ];
  return found.filter(({ policy }) => policy.exists);
}

/** The rules that decide badly, each with the resources it is bad for. */
function byRule(
  policy: Field,
  requests: readonly (readonly [string, string, readonly string[]])[],
  isBad: (level: ReturnType<typeof auditDecision>['level']) => boolean,
) {
  const found = new Map<string, { rule: Field | undefined; level: string; names: Set<string> }>();
  for (const [group, resource, verbs] of requests)
    for (const verb of verbs) {
      const request: AuditedRequest = { verb, group, resource };
      const { level, rule } = auditDecision(policy, request);
      if (!isBad(level)) continue;
      const id = rule?.pointer ?? '';
      const entry = found.get(id) ?? { rule, level, names: new Set() };
      entry.names.add(resource);
      found.set(id, entry);
    }
  return [...found.values()].map(({ rule, level, names }) => ({ rule, level, what: listed([...names]) }));
}

function listed(names: readonly string[]): string {
  return names.length < wanted.length
    ? names.join(', ')
    : 'any request that matters, such as reads of Secrets and commands in pods';
}
