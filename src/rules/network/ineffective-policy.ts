import type { Field } from '../../kubernetes/field.ts';
import { directionsOf } from '../../kubernetes/network/network-policy.ts';
import { matchesSelector } from '../../kubernetes/selector.ts';
import { mayShareNamespace, podsOf } from '../../kubernetes/service.ts';
import { containersOf } from '../../kubernetes/workload.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'ignored' | 'nothingDenied' | 'emptyPort' | 'unknownPort'>;

export default defineRule({
  id: 'network/ineffective-policy',
  severity: 'high',
  kinds: ['NetworkPolicy.networking.k8s.io'],
  summary: 'Network policy does not do what it says',
  why: 'Kubernetes takes such a policy without a word. Whoever reads it believes in a limit that is not there, or in a way in that stays shut.',
  remedy:
    'List under policyTypes each direction that the policy has rules for, and name ports as the containers of the selected pods do.',
  controls: ['nist-800-53/r5:CM-6', 'nsa:net.policies', 'owasp-k8s/2025:K05'],
  bundle: 'NET',
  recommended: true,
  since: '0.1.0',
  messages: {
    ignored:
      'NetworkPolicy {name} has {direction} rules that are ignored, as its policyTypes leave {type} out.',
    nothingDenied: {
      text: 'The empty egress list of NetworkPolicy {name} denies nothing, as no policyTypes name Egress.',
      severity: 'medium',
    },
    emptyPort: {
      text: 'An empty entry under ports of NetworkPolicy {name} stands for every TCP port.',
      severity: 'medium',
    },
    unknownPort: {
      text: 'NetworkPolicy {name} admits traffic to port {port}, but no container of the pods that it selects has a port of that name.',
      severity: 'medium',
    },
  },
  check(context) {
    const { manifest, report } = context;
    const { name } = manifest;
    const spec = manifest.root.at('spec');
    const directions = directionsOf(spec);
    const rules = { ingress: spec.at('ingress').items(), egress: spec.at('egress').items() };
    for (const [direction, type] of [
      ['ingress', 'Ingress'],
      ['egress', 'Egress'],
    ] as const)
      if (!directions.has(direction) && rules[direction].length > 0)
        report(spec.at('policyTypes'), 'ignored', { name, direction, type });
    const hasTypes = spec.at('policyTypes').items().length > 0;
    if (!hasTypes && Array.isArray(spec.valueAt('egress')) && !directions.has('egress'))
      report(spec.at('egress'), 'nothingDenied', { name });
    const ports = [...rules.ingress, ...rules.egress].flatMap((rule) => rule.at('ports').items());
    for (const port of ports)
      if (!port.exists || (port.properties().length === 0 && typeof port.value === 'object'))
        report(port, 'emptyPort', { name });
    if (directions.has('ingress')) checkNames(context, rules.ingress);
  },
});

/** Named ports of ingress rules are those of the selected pods. */
function checkNames({ manifest, inventory, report }: Check, rules: readonly Field[]): void {
  const named = rules
    .flatMap((rule) => rule.at('ports').items())
    .filter((port) => port.at('port').string !== undefined);
  if (named.length === 0 || !inventory.complete) return;
  const { name, namespace, root } = manifest;
  const selected = inventory.environment
    .derived(podsOf)
    .inNamespace(namespace)
    .filter((pod) => mayShareNamespace(pod.namespace, namespace))
    .filter(({ labels }) => matchesSelector(root.at('spec', 'podSelector'), labels));
  // What is not in sight, or made by a controller, may have the port.
  if (selected.length === 0 || selected.some(({ pod }) => pod === undefined)) return;
  const known = new Set(
    selected
      .flatMap(({ pod }) => (pod === undefined ? [] : containersOf(pod)))
      .flatMap(({ field }) =>
        field
          .at('ports')
          .items()
          .map((port) => port.at('name').string),
      ),
  );
  for (const port of named) {
    const text = port.at('port').string ?? '';
    if (!known.has(text)) report(port.at('port'), 'unknownPort', { name, port: text });
  }
}
