import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'references/duplicate-object',
  severity: 'high',
  kinds: ['*'],
  summary: 'Object is defined twice',
  why: 'The cluster has one object of this name. Both definitions are applied to it, one after the other, and which of them stays depends on the order of files.',
  remedy: 'Remove one of the two, or give it a name or a namespace of its own.',
  controls: ['nist-800-53/r5:CM-2'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    sameFile: '{kind} {name} is defined more than once in this file.',
    otherFile: '{kind} {name} is defined by another file of {target} as well.',
    directory: {
      text: '{kind} {name} is defined by another file of {target} as well.',
      // The files of a directory may be alternatives of which one at a time is applied.
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    const place = manifest.root.at('metadata', 'name');
    if (!place.string || isTestData(manifest.target)) return;
    const [first] = inventory.target.find(manifest.groupKind, manifest.namespace, manifest.name);
    if (first === undefined || first === manifest) return;
    const origin = first.root.at('metadata', 'name');
    const data = { kind: manifest.kind, name: manifest.name, target: manifest.target.name };
    const apart = manifest.target.kind === 'manifests' ? 'directory' : 'otherFile';
    report(place, manifest.file === first.file ? 'sameFile' : apart, data, {
      related: [{ manifest: first, place: origin, message: 'the first definition' }],
    });
  },
});
