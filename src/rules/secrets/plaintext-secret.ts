import { fileIn } from '../../discover/path.ts';
import { isDevelopmentPath, isTestPath } from '../../discover/test-path.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { type Exposure, exposureOf, exposures } from '../../kubernetes/secret-value.ts';
import type { Manifest, Origin } from '../../render/manifest.ts';
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
    development: {
      text: 'Secret {name} for development is committed in clear text; values that are not encrypted: {count}.',
      severity: 'medium',
    },
    default: {
      text: 'Secret {name} gets what everyone can read in the chart unless other values replace it; values that are not encrypted: {count}.',
      severity: 'medium',
    },
    hashes: {
      text: 'Secret {name} is committed with hashes of passwords, which can be guessed at leisure.',
      severity: 'medium',
      recommended: false,
    },
    harmless: {
      text: 'Secret {name} is committed in clear text, though none of its values looks like a credential: {count}.',
      severity: 'low',
      recommended: false,
    },
    test: {
      text: 'Secret {name} is committed in clear text in a file for tests or documentation; values that are not encrypted: {count}.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    // What SOPS left out is what `secrets/sops-incomplete` says.
    if (manifest.root.at('sops', 'lastmodified').exists) return;
    const exposed = ['data', 'stringData'].flatMap((list) =>
      manifest.root
        .at(list)
        .properties()
        .flatMap((entry) => {
          const exposure = exposureOf(String(entry.key), entry.string ?? '', list === 'data');
          if (exposure === undefined) return [];
          const origins = manifest.originsOf(entry);
          if (!isWritten(origins)) return [];
          if (origins[0]?.role === 'kustomization' && isCopy(entry.string, inventory.target)) return [];
          return [{ entry, exposure, origins }];
        }),
    );
    const [worst] = exposures.flatMap((each) => exposed.find(({ exposure }) => exposure === each) ?? []);
    if (worst === undefined) return;
    const { entry, exposure, origins } = worst;
    // The entry itself leads to what put its value in.
    const role = origins[0]?.role ?? '';
    const isElsewhere = ['values', 'kustomization', 'generator'].includes(role);
    const place = isElsewhere ? entry : (entry.parent ?? entry);
    report(place, messageFor(manifest, exposure, origins), { name: manifest.name, count: exposed.length });
  },
});

function messageFor({ target }: Manifest, exposure: Exposure, origins: readonly Origin[]) {
  const [first] = origins;
  const values = origins.filter(({ role }) => role === 'values');
  if ([...origins.slice(0, 1), ...values].some(({ file }) => isTestPath(file))) return 'test';
  if (exposure === 'hash') return 'hashes';
  if (exposure === 'text') return 'harmless';
  if (exposure === 'credential' || first === undefined) return 'plaintext';
  if (isDevelopmentPath(first.file)) return 'development';
  const isDefault = target.kind === 'chart' && values.every(({ file }) => isDefaultValues(target, file));
  return isDefault && exposure === 'word' ? 'default' : 'plaintext';
}

function isDefaultValues({ directory }: { readonly directory: string }, file: string): boolean {
  return file === fileIn(directory, 'values.yaml');
}

/** Whether what a replacement of a kustomization put in is in the Secret where it comes from as well. */
function isCopy(text: string | undefined, target: ObjectIndex): boolean {
  return text !== undefined && (target.derived(timesInSecrets).get(text) ?? 0) > 1;
}

/** How often a text is an entry of a Secret. */
function timesInSecrets(index: ObjectIndex): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { root } of index.ofKind('Secret'))
    for (const list of ['data', 'stringData'])
      for (const { string = '' } of root.at(list).properties())
        times.set(string, (times.get(string) ?? 0) + 1);
  return times;
}

/** Whether a file says the value; a template may also make one up with every rendering. */
function isWritten(origins: readonly Origin[]): boolean {
  return origins.some(
    ({ role, precision }) => precision === 'exact' || !(role === 'template' || role === 'helper'),
  );
}
