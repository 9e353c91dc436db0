import { isTestPath } from '../../discover/test-path.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'secrets/legacy-sa-token',
  severity: 'medium',
  kinds: ['Secret', ...workloads],
  summary: 'Token of a ServiceAccount never expires',
  why: 'The token of such a Secret is valid until the Secret is deleted: who once read it can act as the ServiceAccount from anywhere.',
  remedy:
    'Remove the Secret. Pods get tokens that expire by themselves; others ask for one with `kubectl create token` or the TokenRequest API.',
  controls: ['cis/1.12:3.1.2', 'cis/1.12:5.1.13', 'mitre:T1528', 'kubescape:C-0287'],
  bundle: 'AUTHN',
  recommended: true,
  since: '0.1.0',
  options: {
    maxSeconds: {
      description: 'The longest validity of a projected ServiceAccount token, in seconds.',
      schema: { type: 'integer', minimum: 600 },
      default: 86_400,
    },
  },
  messages: {
    secret: 'Secret {name} asks for a token that never expires, for {account}.',
    projected: {
      text: 'The token in volume {volume} is valid for {seconds} seconds, more than {max}.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, pod, options, report }) {
    const { root, name } = manifest;
    if (root.valueAt('type') === 'kubernetes.io/service-account-token' && !isTestPath(manifest.file)) {
      const account = root.at('metadata', 'annotations', 'kubernetes.io/service-account.name').string;
      report(root.at('type'), 'secret', {
        name,
        account: account === undefined ? 'a ServiceAccount' : `ServiceAccount ${account}`,
      });
    }
    const max = options.maxSeconds;
    for (const volume of pod?.spec.at('volumes').items() ?? []) {
      if (volume.valueAt('projected') === undefined || isTestPath(manifest.file)) continue;
      for (const source of volume.at('projected', 'sources').items()) {
        const place = source.at('serviceAccountToken', 'expirationSeconds');
        const seconds = place.value;
        if (typeof seconds === 'number' && seconds > max)
          report(place, 'projected', { volume: volume.at('name').string ?? '', seconds, max });
      }
    }
  },
});
