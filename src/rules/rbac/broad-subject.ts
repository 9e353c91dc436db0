import type { Field } from '../../kubernetes/field.ts';
import { bindingKinds, boundRole, isShippedClusterRole, publicRoleSubjects } from '../../kubernetes/rbac.ts';
import { onlyReads } from '../../kubernetes/rbac-rights.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/broad-subject',
  severity: 'high',
  kinds: bindingKinds,
  summary: 'Binding gives rights to everybody',
  why: 'Rights of these groups are rights of whoever reaches the API server, or of every pod. Those of a default ServiceAccount are rights of every pod that names no other.',
  remedy: 'Bind the ServiceAccounts, users or groups that need the role.',
  controls: [
    'cis/1.12:5.1.5',
    'mitre:T1078.001',
    'owasp-k8s/2025:K09',
    'kubescape:C-0262',
    'kubescape:C-0265',
    'trivy:KSV-0122',
    'checkov:CKV_K8S_42',
  ],
  bundle: 'AUTHN',
  recommended: true,
  since: '0.1.0',
  messages: {
    anonymous: {
      text: '{kind} {binding} gives {role} to {subject}, which is anybody who reaches the API server.',
      severity: 'critical',
    },
    everybody:
      '{kind} {binding} gives {role} to {subject}, which is everybody with an account, every pod among them.',
    reading: {
      text: '{kind} {binding} gives {role}, which only reads, to {subject}.',
      severity: 'low',
      recommended: false,
    },
    unknown: {
      text: '{kind} {binding} gives {role} to {subject}; the role was not found in the repository.',
      severity: 'medium',
      recommended: false,
    },
    default: {
      text: '{kind} {binding} gives {role} to {subject}, with which pods run that name no other.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    const { kind, name: binding, root } = manifest;
    const reference = root.at('roleRef');
    const roleName = reference.at('name').string ?? '';
    for (const subject of root.at('subjects').items()) {
      const name = subject.at('name').string ?? '';
      const breadth = breadthOf(subject);
      if (breadth === undefined || publicRoleSubjects(roleName).includes(name) || isTestData(manifest.target))
        continue;
      const data = {
        kind,
        binding,
        role: `${reference.at('kind').string} ${roleName}`,
        subject: breadth === 'default' ? 'the default ServiceAccount' : name,
      };
      const rules = boundRole(manifest, inventory)?.rules.map(({ rule }) => rule);
      if (rules !== undefined && onlyReads(rules)) report(subject.at('name'), 'reading', data);
      else if (rules === undefined && breadth === 'everybody' && !isShippedClusterRole(reference))
        report(subject.at('name'), 'unknown', data);
      else report(subject.at('name'), breadth, data);
    }
  },
});

/** For whom but itself a subject stands. */
function breadthOf(subject: Field): 'anonymous' | 'everybody' | 'default' | undefined {
  const kind = subject.at('kind').value;
  const name = subject.at('name').string ?? '';
  if (kind === 'ServiceAccount') return name === 'default' ? 'default' : undefined;
  // Requests without credentials.
  if (name === 'system:anonymous' || name === 'system:unauthenticated') return 'anonymous';
  return kind === 'Group' && (name === 'system:authenticated' || name === 'system:serviceaccounts')
    ? 'everybody'
    : undefined;
}
