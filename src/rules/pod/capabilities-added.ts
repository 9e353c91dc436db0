import { baselineCapabilities } from '../../kubernetes/pod-security.ts';
import { appliesTo, violationsOf } from '../../kubernetes/pod-security-checks.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { defineRule, workloads } from '../rule.ts';

const text = 'Container {container} adds the capability {capability}.';

export default defineRule({
  id: 'pod/capabilities-added',
  severity: 'high',
  kinds: workloads,
  summary: 'Container adds capabilities',
  why: 'Each capability is a part of the power of root, and those beyond the default set reach past the container.',
  remedy: 'Remove the capability. To listen on a port below 1024, NET_BIND_SERVICE is enough.',
  controls: ['cis/1.12:5.2.9'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: {
    added: {
      text,
      controls: ['pss/baseline:capabilities_baseline', 'pss/restricted:capabilities_restricted'],
    },
    baseline: { text, controls: ['pss/baseline:capabilities_baseline'] },
    restricted: {
      text,
      controls: ['pss/restricted:capabilities_restricted'],
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { pod, containers, podSecurity, report } = context;
    if (pod === undefined || !containers.some(addsCapabilities)) return;
    const restricted = appliesTo('capabilities_restricted', pod, podSecurity.minor);
    for (const { place, name, about } of violationsOf('capabilities_baseline', context)) {
      const data = { container: name, capability: place.string ?? '' };
      report(place, restricted ? 'added' : 'baseline', data, about);
    }
    for (const { place, name, about } of violationsOf('capabilities_restricted', context)) {
      const { string: capability = '' } = place;
      if (baselineCapabilities.has(capability))
        report(place, 'restricted', { container: name, capability }, about);
    }
  },
});

function addsCapabilities({ field }: Container): boolean {
  return field.valueAt('securityContext', 'capabilities', 'add') !== undefined;
}
