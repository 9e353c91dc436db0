import { knownPorts } from '../../kubernetes/load-balancer.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'network/risky-service',
  severity: 'low',
  kinds: ['Service'],
  summary: 'Service opens a way around the edge of the cluster',
  why: 'External IPs take traffic for addresses that nobody checks, node ports open a port on every node past ingress and its TLS, and external names let a domain outside answer under a name of the cluster.',
  remedy:
    'Let a LoadBalancer, an Ingress or a Gateway bring traffic in, and an egress rule or the address in the configuration lead out.',
  controls: [
    'mitre:T1557',
    'mitre:T1133',
    'owasp-k8s/2025:K06',
    'trivy:KSV-0108',
    'kube-linter:exposed-services',
  ],
  bundle: 'EDGE',
  recommended: false,
  since: '0.1.0',
  messages: {
    externalIps: {
      text: 'Service {name} takes traffic for external IPs, which Kubernetes does not check and has deprecated.',
      severity: 'high',
      controls: ['nist-800-53/r5:SC-7(5)'],
      recommended: true,
    },
    knownNodePort: {
      text: 'Service {name} opens port {port}, which is that of {product}, on every node.',
      severity: 'medium',
    },
    nodePort: 'Service {name} opens a port on every node.',
    externalName: 'Service {name} stands for {domain}, which is outside the cluster.',
  },
  check({ manifest, report }) {
    if (isTestData(manifest.target)) return;
    const { name, root } = manifest;
    const spec = root.at('spec');
    const type = spec.at('type').value;
    if (spec.at('externalIPs').items().length > 0) report(spec.at('externalIPs'), 'externalIps', { name });
    const domain = spec.at('externalName').string ?? '';
    if (type === 'ExternalName' && isOutside(domain))
      report(spec.at('externalName'), 'externalName', { name, domain });
    if (type !== 'NodePort') return;
    const ports = knownPorts(spec);
    // Those of the cluster itself are a rule of their own.
    for (const { field, number, product, gives } of ports)
      if (gives !== 'controlPlane')
        report(field.at('port'), 'knownNodePort', { name, port: number, product });
    if (ports.length === 0) report(spec.at('type'), 'nodePort', { name });
  },
});

/** Whether a name is for the public DNS: it has a domain, and not one that is resolved inside by custom. */
function isOutside(domain: string): boolean {
  return (
    domain.includes('.') && !/\.(?:svc|local|internal|lan|home|home\.arpa|test)\.?$|\.svc\./.test(domain)
  );
}
