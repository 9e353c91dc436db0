import { isExposed } from '../../kubernetes/secret-value.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'secrets/plaintext-secret',
  severity: 'critical',
  kinds: ['Secret'],
  summary: 'Secret is committed in clear text',
  why: 'Whoever can read the repository, its forks or its history has the secret. Base64 is an encoding, not an encryption.',
  remedy:
    'Replace the value where it is valid, then commit it encrypted (SOPS, SealedSecret) or refer to a secret store (ExternalSecret).',
  controls: [
    'cis/1.12:5.4.2',
    'nist-800-53/r5:IA-5(7)',
    'pci-dss/4.0.1:8.6.2',
    'nist-800-190:4.1.4',
    'mitre:T1552.001',
    'ms-ta:TA9027',
    'ms-m:M9026',
    'owasp-k8s/2025:K03',
  ],
  bundle: 'SECR',
  recommended: true,
  since: '0.1.0',
  sensitive: true,
  messages: {
    plaintext: 'Secret {name} is committed in clear text; values that are not encrypted: {count}.',
  },
  check({ manifest, report }) {
    const exposed = ['data', 'stringData'].map((list) => {
      const place = manifest.root.at(list);
      const entries = place
        .properties()
        .filter(({ key, string }) => isExposed(String(key), string ?? '', list === 'data'));
      return { place, count: entries.length };
    });
    const first = exposed.find(({ count }) => count > 0);
    if (first === undefined) return;
    const count = exposed.reduce((sum, part) => sum + part.count, 0);
    report(first.place, 'plaintext', { name: manifest.name, count });
  },
});
