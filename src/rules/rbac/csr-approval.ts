import { grantsIn, type PolicyRule, policyRulesIn, roleKinds } from '../../kubernetes/rbac.ts';
import { approveCertificates } from '../../kubernetes/rbac-rights.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/csr-approval',
  severity: 'high',
  kinds: roleKinds,
  summary: 'Role can approve certificate requests',
  why: 'A certificate for a user or a node works as long as it is valid, whatever happens to the account that had it approved.',
  remedy: 'Limit the verb approve on signers by resourceNames to the signers that are meant.',
  controls: ['cis/1.12:5.1.11', 'kubescape:C-0280', 'checkov:CKV_K8S_156'],
  bundle: 'AUTHN',
  recommended: false,
  since: '0.1.0',
  messages: {
    cluster: {
      text: '{kind} {role} lets its holders approve certificates for users and nodes.',
      recommended: true,
    },
    unbound: {
      text: '{kind} {role} lets its holders approve certificates for users and nodes; no binding of it was found.',
      severity: 'medium',
    },
  },
  check({ manifest, inventory, report }) {
    const grants = grantsIn(manifest, inventory, approveCertificates.rights);
    if (grants.length === 0 || approvesOnlyOthers(policyRulesIn(manifest))) return;
    const data = { kind: manifest.kind, role: manifest.name };
    // A RoleBinding gives no rights on what is in no namespace.
    for (const { grant, reach, related } of grants)
      if (reach !== 'namespace') report(grant.resource, reach, data, { related });
  },
});

/**
 * Whether rules name the signers for which they approve, and none of Kubernetes itself: the API server also asks for
 * that right. Certificates of other signers give no access to it.
 */
function approvesOnlyOthers(rules: readonly PolicyRule[]): boolean {
  const signers = rules.filter((rule) =>
    rule
      .at('resources')
      .items()
      .some(({ value }) => value === 'signers'),
  );
  const names = signers.map((rule) =>
    rule
      .at('resourceNames')
      .items()
      .map(({ string }) => string),
  );
  return (
    names.length > 0 &&
    names.every((each) => each.length > 0 && !each.some((name) => name?.startsWith('kubernetes.io/')))
  );
}
