import { isTestPath } from '../../discover/test-path.ts';
import { isExposed } from '../../kubernetes/secret-value.ts';
import type { Origin } from '../../render/manifest.ts';
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
    test: {
      text: 'Secret {name} of a test is committed in clear text; values that are not encrypted: {count}.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    // What SOPS left out is what `secrets/sops-incomplete` says.
    if (manifest.root.at('sops', 'lastmodified').exists) return;
    const exposed = ['data', 'stringData'].flatMap((list) =>
      manifest.root
        .at(list)
        .properties()
        .filter(({ key, string }) => isExposed(String(key), string ?? '', list === 'data'))
        .filter((entry) => isWritten(manifest.originsOf(entry))),
    );
    const [first] = exposed;
    if (first?.parent === undefined) return;
    const [origin] = manifest.originsOf(first);
    const message = origin !== undefined && isTestPath(origin.file) ? 'test' : 'plaintext';
    report(origin?.role === 'values' ? first : first.parent, message, {
      name: manifest.name,
      count: exposed.length,
    });
  },
});

/** Whether a file says the value; a template may also make one up with every rendering. */
function isWritten(origins: readonly Origin[]): boolean {
  return origins.some(
    ({ role, precision }) => precision === 'exact' || !(role === 'template' || role === 'helper'),
  );
}
