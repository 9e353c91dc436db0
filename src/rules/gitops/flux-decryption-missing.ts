import { kustomizationNames } from '../../discover/kustomize.ts';
import { directoryOf, fileIn } from '../../discover/path.ts';
import { isTestPath } from '../../discover/test-path.ts';
import { append } from '../../group-by.ts';
import type { Field } from '../../kubernetes/field.ts';
import { isOwnSource, kustomizationKind, patching, pathInSource } from '../../kubernetes/flux.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule, type Paths } from '../rule.ts';

export default defineRule({
  id: 'gitops/flux-decryption-missing',
  severity: 'high',
  kinds: [kustomizationKind],
  summary: 'Flux is not told to decrypt what SOPS encrypted',
  why: 'Without spec.decryption the Kustomization fails, or the pods get the encrypted text for a password.',
  remedy:
    'Set spec.decryption with provider sops, and a secretRef to the Secret with the age or OpenPGP key.',
  controls: ['nist-800-53/r5:SC-12', 'nist-800-53/r5:IA-5(7)'],
  bundle: 'SECR',
  recommended: true,
  since: '0.1.0',
  messages: {
    missing:
      'Kustomization {name} has no spec.decryption, but {file}, which it applies, is encrypted with SOPS.',
    noKey: {
      text: 'Kustomization {name} names no secretRef with the {key} key that decrypts {file}.',
      severity: 'medium',
      // The controller may have a key for all (--sops-age-secret).
      recommended: false,
    },
  },
  check({ manifest, inventory, paths, report }) {
    if (isTestPath(manifest.file)) return;
    const { name, root } = manifest;
    const spec = root.at('spec');
    const path = pathInSource(spec);
    const decryption = spec.at('decryption');
    if (path === undefined || inventory.repository.derived(patchesDecryption)) return;
    if (decryption.at('secretRef').exists || decryption.at('serviceAccountName').exists) return;
    const found = inventory.repository
      .derived(encryptedObjects)
      .get(path)
      ?.find((encrypted) => isApplied(encrypted, path, paths));
    if (found === undefined) return;
    if (!isOwnSource(inventory.repository, spec, (each) => paths.hasDirectory(each))) return;
    const { file } = found;
    const related = [{ manifest: found.manifest, place: found.manifest.root, message: 'encrypted here' }];
    const key = keyOf(found.manifest.root.at('sops'));
    if (!decryption.exists) report(decryption, 'missing', { name, file }, { related });
    else if (key !== undefined) report(decryption, 'noKey', { name, file, key }, { related });
  },
});

const patchesDecryption = patching('Kustomization', 'spec', 'decryption');

interface Encrypted {
  readonly manifest: Manifest;
  readonly file: string;
}

/** Objects with SOPS' metadata, by every directory above their file and by the overlay that they are built in. */
function encryptedObjects(index: ObjectIndex<Manifest>): ReadonlyMap<string, readonly Encrypted[]> {
  const byDirectory = new Map<string, Encrypted[]>();
  for (const manifest of index.all) {
    if (!manifest.root.at('sops', 'mac').exists) continue;
    const { file } = manifest;
    for (const directory of new Set([...overlayOf(manifest), ...directoriesAbove(file)]))
      append(byDirectory, directory, { manifest, file });
  }
  return byDirectory;
}

function overlayOf({ target }: Manifest): string[] {
  return target.kind === 'overlay' ? [target.directory] : [];
}

/** From the root down to the directory of the file. */
function directoriesAbove(file: string): string[] {
  const directory = directoryOf(file);
  return directory === '.' ? ['.'] : [...directoriesAbove(directory), directory];
}

/**
 * Whether a Kustomization with this path applies the object. Where there is no kustomization, Flux makes one of all
 * files and of all kustomizations below, so the first kustomization on the way down decides.
 */
function isApplied({ manifest, file }: Encrypted, path: string, paths: Paths): boolean {
  const isOverlay = (directory: string) =>
    kustomizationNames.some((name) => paths.has(fileIn(directory, name)));
  const above = directoriesAbove(file);
  const entry = isOverlay(path) ? path : above.slice(above.indexOf(path)).find(isOverlay);
  const [overlay] = overlayOf(manifest);
  if (entry === undefined || overlay === undefined) return entry === overlay;
  return overlay === entry || directoryOf(file) === entry;
}

/** The kind of key that alone decrypts; undefined when a key service can do it as well. */
function keyOf(sops: Field): string | undefined {
  const services = ['kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'];
  if (services.some((service) => sops.at(service).items().length > 0)) return undefined;
  if (sops.at('age').items().length > 0) return 'age';
  return sops.at('pgp').items().length > 0 ? 'OpenPGP' : undefined;
}
