import { servedState } from '../../kubernetes/api-lifecycle.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'api/removed-api',
  severity: 'high',
  kinds: ['*'],
  summary: 'API version is not served by the target version of Kubernetes',
  why: 'The API server refuses an object in a version that it does not serve, so the deployment fails, and after an upgrade of the cluster a rollback fails too.',
  remedy:
    'Move the object to a version that the cluster serves. Fields may have been renamed between the two.',
  controls: [
    'nist-800-53/r5:SA-22',
    'nist-800-53/r5:SI-2',
    'nsa:upg.upgrade',
    'owasp-k8s/2025:K07',
    'trivy:KSV-0107',
  ],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  messages: {
    replaced: '{kind} of {apiVersion} was removed in Kubernetes 1.{removed}; use {replacement}.',
    removed: '{kind} of {apiVersion} was removed in Kubernetes 1.{removed}, and no version took its place.',
    notYetServed:
      '{kind} of {apiVersion} comes with Kubernetes 1.{introduced}, which is newer than the target 1.{minor}.',
  },
  check({ manifest, kubernetesMinor, report }) {
    const { apiVersion, kind, target } = manifest;
    const served = servedState(apiVersion, kind, kubernetesMinor);
    if (served.state === 'served' || served.state === 'deprecated' || isTestTarget(target)) return;
    const place = manifest.root.at('apiVersion');
    const data = { apiVersion, kind, minor: kubernetesMinor };
    if (served.state === 'not-yet-served')
      report(place, 'notYetServed', { ...data, introduced: served.introduced });
    else {
      const { removed, replacement } = served;
      if (replacement === undefined) report(place, 'removed', { ...data, removed });
      else report(place, 'replaced', { ...data, removed, replacement });
    }
  },
});
