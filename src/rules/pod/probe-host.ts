import { violationsOf } from '../../kubernetes/pod-security-checks.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'pod/probe-host',
  severity: 'medium',
  kinds: workloads,
  summary: 'Probe or lifecycle hook names a host',
  why: 'The kubelet sends the request from the node, so a pod can make it call any address that the node reaches. The level baseline allows no host from version 1.34 on.',
  remedy: 'Remove host. The request then goes to the address of the pod.',
  controls: ['pss/baseline:hostProbesAndHostLifecycle'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: {
    host: 'The {handler} of container {container} names the host {host}.',
    // In the network of the node that is the pod itself.
    own: {
      text: 'The {handler} of container {container} names the host {host}.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const isOnNode = context.pod?.spec.valueAt('hostNetwork') === true;
    for (const { place, name, about } of violationsOf('hostProbesAndHostLifecycle', context)) {
      const handler = place.parent?.parent;
      const path = handler?.parent?.key === 'lifecycle' ? ['lifecycle', handler.key] : [handler?.key];
      const host = place.string ?? '';
      const message = isOnNode && loopback.has(host) ? 'own' : 'host';
      context.report(place, message, { handler: path.join('.'), container: name, host }, about);
    }
  },
});

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
