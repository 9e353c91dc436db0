import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'control-plane-tls';

export default defineRule({
  id: 'control-plane/control-plane-tls',
  severity: 'high',
  kinds: carrierKinds,
  concerns: isAbout('kube-apiserver'),
  summary: 'API server talks without a certificate or does not verify one',
  why: 'The API server sends Secrets to etcd and commands to kubelets. Without certificates on both sides whoever is on the network between them can read and change these, or pose as one of them.',
  remedy:
    'Set the certificate, key and certificate authority for the API server itself, for its clients, for etcd and for kubelets.',
  controls: ['nsa:net.encryption', 'nist-800-190:4.3.5'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug),
  check({ manifest, containers, report }) {
    for (const component of componentsOf(manifest, containers))
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
  },
});
