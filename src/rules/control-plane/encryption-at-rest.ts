import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import type { Field } from '../../kubernetes/field.ts';
import { isExposed } from '../../kubernetes/secret-value.ts';
import { defineRule } from '../rule.ts';

const slug = 'encryption-at-rest';

/** `EncryptionConfig` is what Kubernetes called it before 1.13. */
const configKinds = ['EncryptionConfiguration.apiserver.config.k8s.io', 'EncryptionConfig'];

export default defineRule({
  id: 'control-plane/encryption-at-rest',
  severity: 'high',
  kinds: [...carrierKinds, ...configKinds, 'APIServer.config.openshift.io'],
  concerns: isAbout('kube-apiserver'),
  summary: 'Secrets are stored without encryption, or the key is in Git',
  why: 'Secrets that etcd holds in clear text can be read from its disk, from every snapshot and from every backup. A key that is committed with the manifests opens all of them.',
  remedy:
    'Point --encryption-provider-config at a configuration whose first provider for secrets is kms (v2), secretbox or aescbc, and keep its keys out of Git.',
  controls: ['kubescape:C-0066'],
  bundle: 'REST',
  recommended: true,
  since: '0.1.0',
  sensitive: true,
  messages: flagMessages(slug, {
    uncovered: {
      text: 'No entry is for secrets, so they are stored in clear text.',
      controls: ['cis/1.12:1.2.27'],
    },
    identity: {
      text: 'The first provider for secrets is identity, which stores them in clear text.',
      controls: ['cis/1.12:1.2.28'],
    },
    gcm: {
      text: 'The first provider for secrets is aesgcm, which is safe only while its key is replaced before 200,000 writes.',
      severity: 'low',
      recommended: false,
      controls: ['cis/1.12:1.2.28'],
    },
    kms1: {
      text: 'The provider kms uses API version v1, which Kubernetes has turned off by default since 1.29.',
      severity: 'medium',
      controls: ['cis/1.12:1.2.28'],
    },
    key: {
      text: 'The key that encrypts the stored Secrets is in the repository in clear text.',
      severity: 'critical',
    },
    openshift: {
      text: 'The encryption type {type} stores Secrets in clear text.',
      controls: ['cis/1.12:1.2.27'],
    },
  }),
  check({ manifest, containers, report }) {
    const { root, groupKind } = manifest;
    for (const component of componentsOf(manifest, containers))
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
    if (groupKind === 'APIServer.config.openshift.io') {
      const type = root.at('spec', 'encryption', 'type');
      if (type.value === 'identity') report(type, 'openshift', { type: 'identity' });
    }
    if (!configKinds.includes(groupKind)) return;
    const entries = root.at('resources').items();
    for (const key of entries.flatMap(keysOf))
      if (isExposed('secret', key.string ?? '', false)) report(key, 'key');
    const entry = entries.find((each) => each.at('resources').items().some(coversSecrets));
    if (entry === undefined) {
      // A configuration for resources of other groups alone may be that of another API server.
      if (!entries.some((each) => each.at('resources').items().some(isOfGroup)))
        report(root.at('resources'), 'uncovered');
      return;
    }
    const provider = entry.at('providers', 0);
    if (provider.at('identity').exists) report(provider.at('identity'), 'identity');
    if (provider.at('aesgcm').exists) report(provider.at('aesgcm'), 'gcm');
    const kms = provider.at('kms');
    if (kms.exists && (kms.at('apiVersion').value ?? 'v1') === 'v1') report(kms.at('apiVersion'), 'kms1');
  },
});

/** Wildcards: all of the core group, and all resources. */
function coversSecrets({ value }: Field): boolean {
  return value === 'secrets' || value === 'secrets.' || value === '*.' || value === '*.*';
}

function isOfGroup({ value }: Field): boolean {
  return typeof value === 'string' && /[^*]\../.test(value);
}

function keysOf(entry: Field): Field[] {
  const providers = entry
    .at('providers')
    .items()
    .flatMap((provider) => provider.properties());
  return providers.flatMap((provider) =>
    provider
      .at('keys')
      .items()
      .map((key) => key.at('secret')),
  );
}
