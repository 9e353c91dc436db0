import { appliesTo } from '../../kubernetes/pod-security.ts';
import { defineRule, workloads } from '../rule.ts';

const handlers = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

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
  messages: { host: 'The {handler} of container {container} names the host {host}.' },
  check({ pod, containers, podSecurity, report }) {
    if (pod === undefined || !appliesTo('hostProbesAndHostLifecycle', pod, podSecurity.minor)) return;
    for (const container of containers)
      for (const path of handlers) {
        const handler = container.field.at(...path);
        for (const action of handler.exists ? ['httpGet', 'tcpSocket'] : []) {
          const place = handler.at(action, 'host');
          const host = place.string;
          const data = { handler: path.join('.'), container: container.name, host: host ?? '' };
          if (host) report(place, 'host', data, { container });
        }
      }
  },
});
