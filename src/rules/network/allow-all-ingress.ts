import { anyPodIn, namespaceOf, policyKinds, readPolicies } from '../../kubernetes/network/policies.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'network/allow-all-ingress',
  severity: 'high',
  kinds: policyKinds,
  summary: 'Network policy lets everyone in',
  why: 'Policies add up: one rule that admits everyone undoes all policies that limit who may reach the same pods, and the namespace only looks as if it were closed.',
  remedy: 'Name who may come in under from, and the ports that they need under ports; or remove the rule.',
  controls: ['nist-800-190:4.3.3', 'nsa:net.policies', 'owasp-k8s/2025:K05', 'trivy:KSV-0038'],
  bundle: 'NET',
  recommended: true,
  since: '0.1.0',
  messages: {
    everyPort: '{kind} {name} lets {who} reach every port of all pods that it is applied to.',
    somePods: {
      text: '{kind} {name} lets {who} reach every port of the pods that it selects.',
      severity: 'medium',
      recommended: false,
    },
    somePorts: {
      text: '{kind} {name} lets {who} reach some ports of the pods that it selects.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    const { kind, name } = manifest;
    for (const policy of readPolicies(manifest))
      for (const { action, peers, ports } of policy.rules.ingress) {
        const open = peers.find(({ scope }) => scope !== 'some');
        if (action !== 'allow' || open === undefined) continue;
        const anyPod = anyPodIn(namespaceOf(manifest.namespace ?? '', undefined));
        const message = !ports.all ? 'somePorts' : policy.selects(anyPod) ? 'everyPort' : 'somePods';
        const who = open.scope === 'everyone' ? 'everyone' : 'every pod of the cluster';
        report(open.field, message, { kind, name, who });
      }
  },
});
