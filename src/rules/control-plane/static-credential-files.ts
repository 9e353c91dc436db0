import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'static-credential-files';

export default defineRule({
  id: 'control-plane/static-credential-files',
  severity: 'high',
  kinds: carrierKinds,
  concerns: isAbout('kube-apiserver'),
  summary: 'API server accepts credentials from a file, or serves without any',
  why: 'Tokens and passwords in a file on the node stand there in clear text, never expire, and can be taken back only by a restart. The insecure port asks for no credentials at all.',
  remedy:
    'Remove the flag. Use OIDC or short-lived client certificates for people, and service accounts for programs.',
  controls: ['owasp-k8s/2025:K09'],
  bundle: 'AUTHN',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug),
  check({ manifest, containers, report }) {
    for (const component of componentsOf(manifest, containers))
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
  },
});
