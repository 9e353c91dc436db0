import { servedState } from '../../kubernetes/api-lifecycle.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'api/deprecated-api',
  severity: 'medium',
  kinds: ['*'],
  summary: 'API version is deprecated in the target version of Kubernetes',
  why: 'A deprecated version is still served, but a later release of Kubernetes drops it, and then neither an upgrade of the cluster nor a rollback finds the object.',
  remedy:
    'Move the object to the version that takes its place while the cluster serves both. Fields may have been renamed between the two.',
  controls: ['nist-800-53/r5:SA-22', 'owasp-k8s/2025:K07'],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  messages: {
    replaced: '{kind} of {apiVersion} is deprecated since Kubernetes 1.{deprecated}{end}; use {replacement}.',
    alone:
      '{kind} of {apiVersion} is deprecated since Kubernetes 1.{deprecated}{end}; no version takes its place.',
  },
  check({ manifest, kubernetesMinor, report }) {
    const { apiVersion, kind } = manifest;
    const served = servedState(apiVersion, kind, kubernetesMinor);
    if (served.state !== 'deprecated') return;
    const { deprecated, removed, planned, replacement } = served;
    // What is to go one day and has no better version yet cannot be moved.
    if (replacement === undefined && planned) return;
    const data = { kind, apiVersion, deprecated, end: endOf(removed, planned) };
    const place = manifest.root.at('apiVersion');
    if (replacement === undefined) report(place, 'alone', data);
    else report(place, 'replaced', { ...data, replacement });
  },
});

function endOf(removed: number | undefined, planned: boolean): string {
  if (removed === undefined) return '';
  return planned ? `, its removal is planned for 1.${removed}` : ` and removed in 1.${removed}`;
}
