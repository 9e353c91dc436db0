import { encryptionBy } from '../../kubernetes/storage-provisioner.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'storage/storageclass-unencrypted',
  severity: 'high',
  kinds: ['StorageClass.storage.k8s.io'],
  summary: 'Volumes of the class are not encrypted',
  why: 'Who gets at a disk, a snapshot or a backup of it reads the data of every claim of this class. Encryption at rest is what most rules on personal and health data ask for first.',
  remedy:
    'Turn encryption on in the parameters of the class. They cannot be changed, so make a new class and move the data.',
  controls: [
    'nist-800-53/r5:SC-28',
    'nist-800-53/r5:SC-28(1)',
    'hipaa:164.312(a)(2)(iv)',
    'kubescape:C-0264',
  ],
  bundle: 'REST',
  recommended: true,
  since: '0.1.0',
  messages: {
    off: 'StorageClass {name} has the parameter {parameter} set to {value}, so its volumes are not encrypted.',
    account: {
      text: 'StorageClass {name} does not set {parameter}: its volumes are encrypted only where the cloud account does so by default.',
      severity: 'medium',
    },
    below: {
      text: 'StorageClass {name} does not set {parameter}: its volumes are encrypted only if the disks below are.',
      severity: 'medium',
      recommended: false,
    },
    provider: {
      text: 'StorageClass {name} does not set {parameter}: its volumes are encrypted with a key of the provider, not with one of your own.',
      severity: 'info',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    const { name, root } = manifest;
    const encryption = encryptionBy(root.at('provisioner').string ?? '');
    if (encryption === undefined) return;
    const { parameter, or, value, plain } = encryption;
    if (or !== undefined && root.at('parameters', or).value === value) return;
    const place = root.at('parameters', parameter);
    if (!place.exists || place.value === '') return report(place, plain, { name, parameter });
    const given = String(place.value);
    // What is filled in later is not known.
    if (value !== undefined && given !== value && !given.includes('$'))
      report(place, 'off', { name, parameter, value: given });
  },
});
