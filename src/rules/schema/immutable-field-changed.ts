import { immutableChanges, immutableKinds } from '../../kubernetes/immutable.ts';
import { isMadeAnew, replacedDirectories } from '../../kubernetes/replaced.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/immutable-field-changed',
  severity: 'high',
  kinds: immutableKinds,
  looksBack: true,
  summary: 'Change of a field that cannot be changed',
  why: 'The API server refuses an update that changes such a field. The change is applied to none of the object, and a sync or a release that contains it fails from then on.',
  remedy:
    'Take the change back, or have the object deleted and created again, or give the changed object another name.',
  controls: ['nist-800-53/r5:CM-4'],
  bundle: 'CHG',
  recommended: true,
  since: '0.1.0',
  messages: {
    refused: '{field} of {kind} {name} cannot be changed once the object exists; {todo}.',
    shrunk: 'The claim {name} cannot shrink; make a claim of another name and copy the data.',
    ignored: {
      text: 'Service {name} stays headless, as the API server keeps clusterIP None; delete it and create it again.',
      severity: 'medium',
    },
  },
  check({ manifest, before, inventory, report }) {
    const { kind, name, groupKind, namespace } = manifest;
    const old = before?.find(groupKind, namespace, name)[0];
    if (old === undefined || name === '' || name.endsWith('*')) return;
    if (isMadeAnew(manifest) || isReplaced(manifest, inventory.repository.derived(replacedDirectories)))
      return;
    // What SOPS has encrypted reads differently each time.
    if (manifest.root.at('sops').exists || old.root.at('sops').exists) return;
    for (const { place, field, outcome } of immutableChanges(old, manifest)) {
      const isClaim = kind === 'PersistentVolumeClaim' && field.endsWith('.storage');
      if (outcome === 'ignored') report(place, 'ignored', { name });
      else if (isClaim) report(place, 'shrunk', { name });
      else report(place, 'refused', { field, kind, name, todo: todos.get(kind) ?? anew });
    }
  },
});

const anew = 'delete it and create it again, or give the new one another name';
const renamed = 'give the new one another name, and use that name where the old one stands';

const todos: ReadonlyMap<string, string> = new Map([
  ['StatefulSet', 'delete it with --cascade=orphan, which leaves its pods alone, and apply it again'],
  ['Job', 'give the new one another name, or have the old one deleted before'],
  ['ConfigMap', renamed],
  ['Secret', renamed],
  ['PersistentVolumeClaim', 'make a claim of another name and copy the data'],
  ['PersistentVolume', 'give the new one another name'],
  [
    'CustomResourceDefinition',
    'to delete it deletes all its objects, so give the new one another group or version',
  ],
]);

/** Whether the directory of the target is one of these or lies below it. */
function isReplaced({ target }: Manifest, directories: ReadonlySet<string>): boolean {
  let directory = target.kind === 'manifests' ? target.name : target.directory;
  while (!directories.has(directory)) {
    const slash = directory.lastIndexOf('/');
    if (slash < 0) return directories.has('.');
    directory = directory.slice(0, slash);
  }
  return true;
}
