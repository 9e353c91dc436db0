import type { Field } from '../../kubernetes/field.ts';
import { coversAllResources, isShippedRole } from '../../kubernetes/rbac.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/wildcard-resources',
  severity: 'high',
  kinds: [
    'Role.rbac.authorization.k8s.io',
    'ClusterRole.rbac.authorization.k8s.io',
    'ClusterServiceVersion.operators.coreos.com',
  ],
  summary: 'Role grants rights on everything by a wildcard',
  why: 'A wildcard also covers Secrets, roles and every kind that is installed later, so nobody can tell from the role what its holder may do.',
  remedy: 'List the API groups, resources or paths that are used.',
  controls: [
    'cis/1.12:5.1.3',
    'owasp-k8s/2025:K02',
    'trivy:KSV-0044',
    'trivy:KSV-0046',
    'trivy:KSV-0112',
    'checkov:CKV_K8S_49',
  ],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: {
    wildcard: '{kind} {role} grants rights by a wildcard in {fields}.',
    everything: {
      text: '{kind} {role} grants every verb on every resource of every API group.',
      severity: 'critical',
    },
  },
  check({ manifest, report }) {
    if (isShippedRole(manifest)) return;
    const data = { kind: manifest.kind, role: manifest.name };
    for (const rule of policyRules(manifest.root)) {
      const wildcards = ['resources', 'apiGroups', 'nonResourceURLs'].flatMap((name) =>
        rule.at(name).items().filter(isWildcard).slice(0, 1),
      );
      const [first] = wildcards;
      if (first === undefined) continue;
      const everything = coversAllResources(rule) && rule.at('verbs').items().some(isWildcard);
      const fields = wildcards.map(({ parent }) => parent?.key).join(' and ');
      report(first, everything ? 'everything' : 'wildcard', { ...data, fields });
    }
  },
});

/** `/*` covers every path of the API server, as `*` does. `*` within a word is no wildcard. */
function isWildcard({ value, parent }: Field): boolean {
  return value === '*' || (value === '/*' && parent?.key === 'nonResourceURLs');
}

/** The rules of a role, or of the roles that the Operator Lifecycle Manager makes of a ClusterServiceVersion. */
function policyRules(root: Field): Field[] {
  const install = root.at('spec', 'install', 'spec');
  return [root, ...install.at('permissions').items(), ...install.at('clusterPermissions').items()].flatMap(
    (role) => role.at('rules').items(),
  );
}
