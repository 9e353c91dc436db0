import { bindingKinds } from '../../kubernetes/rbac.ts';
import { defineRule } from '../rule.ts';

const group = 'system:masters';

export default defineRule({
  id: 'rbac/system-masters',
  severity: 'critical',
  kinds: [...bindingKinds, 'CertificateSigningRequest.certificates.k8s.io', 'ConfigMap'],
  concerns: ({ kind, name }) => kind !== 'ConfigMap' || name === 'aws-auth',
  summary: 'Account is put into the group system:masters',
  why: 'The API server lets members of system:masters do everything before it asks RBAC. Their rights cannot be taken away by removing a binding, and a certificate for the group cannot be revoked.',
  remedy: 'Use a group of your own, and bind it to the ClusterRole that it needs.',
  controls: ['cis/1.12:5.1.7', 'kubescape:C-0246', 'trivy:KSV-0123'],
  bundle: 'AUTHN',
  recommended: true,
  since: '0.1.0',
  messages: {
    binding:
      '{kind} {name} gives rights to the group system:masters, which has them all already and cannot lose them.',
    request:
      'CertificateSigningRequest {name} asks for a certificate in the group system:masters, which nobody can revoke.',
    mapping: {
      text: 'ConfigMap aws-auth puts an account of the cloud into the group system:masters.',
      severity: 'high',
    },
  },
  check({ manifest, report }) {
    const { kind, name, namespace, root } = manifest;
    if (kind === 'CertificateSigningRequest') {
      const request = root.at('spec', 'request');
      if (decoded(request.string ?? '').includes(group)) report(request, 'request', { name });
    } else if (kind === 'ConfigMap') {
      // Amazon EKS reads who may log in from this ConfigMap.
      if (name !== 'aws-auth' || (namespace ?? 'kube-system') !== 'kube-system') return;
      for (const entry of root.at('data').properties())
        if (entry.string?.includes(group)) report(entry, 'mapping', {}, { part: group });
    } else if (name !== 'cluster-admin' || root.at('roleRef', 'name').value !== 'cluster-admin') {
      // Kubernetes itself binds cluster-admin to the group.
      for (const subject of root.at('subjects').items())
        if (subject.at('kind').value === 'Group' && subject.at('name').value === group)
          report(subject.at('name'), 'binding', { kind, name });
    }
  },
});

/** The bytes of a certificate request, as characters: PEM within base64. Empty when it is neither. */
function decoded(base64: string): string {
  const pem = fromBase64(base64);
  return fromBase64(pem.replace(/-----[A-Z ]+-----/g, ''));
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
