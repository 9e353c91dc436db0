import { isLocalHost } from '../../kubernetes/host.ts';
import { httpRouteKinds, httpRouteOf } from '../../kubernetes/http-route.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ingress/tls-missing',
  severity: 'high',
  kinds: httpRouteKinds,
  summary: 'Route from outside has no TLS',
  why: 'Passwords, session cookies and personal data cross the network in clear text, where anyone on the way can read and change them.',
  remedy: 'Add a tls section with a certificate, for example one that cert-manager issues.',
  controls: [
    'nist-800-53/r5:SC-8',
    'nist-800-53/r5:SC-8(1)',
    'soc2:CC6.7',
    'hipaa:164.312(e)(2)(ii)',
    'kubescape:C-0263',
  ],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: { missing: '{kind} {name} serves plain HTTP, without TLS.' },
  check({ manifest, report }) {
    const route = httpRouteOf(manifest);
    if (route === undefined || route.secured || isTestTarget(manifest.target)) return;
    const { tls, hosts } = route;
    if (hosts.length > 0 && hosts.every(isLocalHost)) return;
    report(tls, 'missing', { kind: manifest.kind, name: manifest.name });
  },
});
