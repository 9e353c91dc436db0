import { type Field, isObject } from '../../kubernetes/field.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { isExposed } from '../../kubernetes/secret-value.ts';
import {
  isCipherText,
  isSelected,
  readSelection,
  recipientsOf,
  regexOf,
  type Selection,
} from '../../kubernetes/sops.ts';
import type { Manifest } from '../../render/manifest.ts';
import { type Context, defineRule } from '../rule.ts';

export default defineRule({
  id: 'secrets/sops-incomplete',
  severity: 'critical',
  kinds: ['*', projectKinds.values, projectKinds.sops],
  summary: 'File is encrypted with SOPS only in part',
  why: 'What SOPS left out stands in the repository in clear text, and a file that SOPS cannot verify is not decrypted at all.',
  remedy:
    'Replace what was readable where it is valid, then encrypt the whole file again with `sops --encrypt --in-place`.',
  controls: ['nist-800-53/r5:IA-5(7)', 'nist-800-53/r5:SC-12'],
  bundle: 'SECR',
  recommended: true,
  since: '0.1.0',
  sensitive: true,
  messages: {
    unencrypted: 'The file is encrypted with SOPS, but values of {list} are not: {count}.',
    mac: {
      text: 'The metadata of SOPS have no mac, so the file cannot be decrypted.',
      severity: 'high',
    },
    uncovered: {
      text: 'The encrypted_regex covers data and not stringData, so a Secret with stringData stays in clear text.',
      severity: 'low',
      // There may never be such a Secret.
      recommended: false,
    },
    recipients: {
      text: 'Files that this rule is for lack recipients that it names: {count}. Run `sops updatekeys` on them.',
      severity: 'medium',
    },
  },
  check(context) {
    const { manifest, report } = context;
    if (manifest.groupKind === projectKinds.sops) return checkConfig(context);
    const sops = manifest.root.at('sops');
    if (!isMetadata(sops)) return;
    if (!sops.at('mac').string) report(sops, 'mac');
    const selection = readSelection(sops);
    const found =
      manifest.groupKind === 'Secret' ? openEntries(manifest) : openValues(manifest.root, selection);
    const [first] = found;
    if (first === undefined) return;
    const list = String(first.pointer.split('/')[1]);
    report(manifest.groupKind === 'Secret' ? manifest.root.at(list) : first, 'unencrypted', {
      list,
      count: found.length,
    });
  },
});

/** Whether it is what SOPS writes, and not a field of that name. */
function isMetadata(sops: Field): boolean {
  return isObject(sops.value) && (sops.at('lastmodified').exists || sops.at('mac').exists);
}

/** Entries of a Secret that can be read, whatever the file is said to have encrypted. */
function openEntries({ root }: Manifest): Field[] {
  return ['data', 'stringData'].flatMap((list) =>
    root
      .at(list)
      .properties()
      .filter(({ key, string }) => isExposed(String(key), string ?? '', list === 'data')),
  );
}

/** Texts that SOPS should have encrypted by its own account. */
function openValues(root: Field, selection: Selection): Field[] {
  if (!selection.isKnown) return [];
  const found: Field[] = [];
  const walk = (field: Field, keys: readonly string[]) => {
    const { string } = field;
    if (string !== undefined && string !== '' && !isCipherText(string) && isSelected(keys, selection))
      found.push(field);
    for (const item of field.items()) walk(item, keys);
    for (const child of field.properties()) walk(child, [...keys, String(child.key)]);
  };
  for (const child of root.properties()) if (child.key !== 'sops') walk(child, [String(child.key)]);
  return found;
}

type SopsContext = Pick<
  Context<'unencrypted' | 'mac' | 'uncovered' | 'recipients'>,
  'manifest' | 'inventory' | 'report'
>;

function checkConfig({ manifest, inventory, report }: SopsContext): void {
  const rules = manifest.root.at('creation_rules').items();
  for (const rule of rules) {
    const { encryptedRegex } = readSelection(rule);
    if (encryptedRegex?.test('data') && !encryptedRegex.test('stringData'))
      report(rule.at('encrypted_regex'), 'uncovered');
  }
  const paths = rules.map((rule) => regexOf(rule.at('path_regex')));
  // The first rule that matches is the one that counts, so all must be understood.
  if (paths.includes(null)) return;
  const directory = manifest.file.slice(0, manifest.file.lastIndexOf('/') + 1);
  const lacking = new Map<Field, Manifest[]>();
  for (const { file, object } of inventory.repository.derived(encryptedObjects)) {
    if (!file.startsWith(directory)) continue;
    const index = paths.findIndex((path) => path?.test(file.slice(directory.length)) ?? true);
    const rule = rules[index];
    if (rule === undefined) continue;
    const has = recipientsOf(object.root.at('sops'));
    if ([...recipientsOf(rule)].some((recipient) => !has.has(recipient)))
      lacking.set(rule, [...(lacking.get(rule) ?? []), object]);
  }
  for (const [rule, objects] of lacking)
    report(
      rule,
      'recipients',
      { count: objects.length },
      {
        related: objects
          .slice(0, 10)
          .map((object) => ({ manifest: object, place: object.root.at('sops'), message: 'encrypted here' })),
      },
    );
}

/** The objects that SOPS encrypted, with the file that each is in; once for each file. */
function encryptedObjects(index: ObjectIndex<Manifest>): readonly { file: string; object: Manifest }[] {
  const files = new Map<string, Manifest>();
  for (const object of index.all) {
    if (!isMetadata(object.root.at('sops'))) continue;
    if (!files.has(object.file)) files.set(object.file, object);
  }
  return Array.from(files, ([file, object]) => ({ file, object }));
}
