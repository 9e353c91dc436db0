import { isTestPath } from '../../discover/test-path.ts';
import { isObject } from '../../kubernetes/field.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { credentialIn, findCredentials } from '../../kubernetes/secret-patterns.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'secrets/private-key-committed',
  severity: 'critical',
  kinds: ['*', projectKinds.values, projectKinds.kustomization, projectKinds.component],
  summary: 'Private key or token is committed',
  why: 'Whoever can read the repository, its forks or its history can use the key or token as its owner does.',
  remedy:
    'Revoke the key or token where it is valid first. Then keep its successor encrypted (SOPS, SealedSecret) or in a secret store (ExternalSecret).',
  controls: [
    'nist-800-53/r5:IA-5(7)',
    'mitre:T1552.001',
    'ms-ta:TA9003',
    'ms-ta:TA9027',
    'pci-dss/4.0.1:3.6.1',
  ],
  bundle: 'SECR',
  recommended: true,
  since: '0.1.0',
  sensitive: true,
  messages: {
    credential: 'There is {what} at {place}.',
    test: {
      text: 'There is {what} at {place}, in a file for tests or documentation.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    const { root, groupKind } = manifest;
    if (!isObject(root.value)) return;
    const leftOut = groupKind === 'Secret' ? contents : merged;
    const visit = (text: string, key: string | number, parents: readonly (string | number)[]) => {
      const isNamed = typeof key === 'string' && key !== '' && !text.includes('\n');
      const what = isNamed ? credentialIn(key, text) : findCredentials(text)[0]?.what;
      if (what === undefined || secretManifest.test(text)) return;
      const path = [...parents, key];
      const place = root.at(...path);
      const [origin] = manifest.originsOf(place);
      const message = origin !== undefined && isTestPath(origin.file) ? 'test' : 'credential';
      report(place, message, { what, place: path.join('.') });
    };
    for (const key in root.value) if (!leftOut.has(key)) visitTexts(root.value[key], key, [], visit);
  },
});

/** What `secrets/plaintext-secret` looks at. */
const contents: ReadonlySet<string> = new Set(['data', 'stringData']);
/** What a kustomization puts into objects, where it is looked at. */
const merged: ReadonlySet<string> = new Set(['patches', 'patchesStrategicMerge', 'patchesJson6902']);

/** A manifest in a value, as in a list of extra objects: it is looked at when it is rendered. */
const secretManifest = /^kind:\s{0,5}["']?Secret\b/m;

/**
 * Visits all texts in a value that are long enough for a credential.
 * @param key Of the value in what holds it.
 * @param parents The keys before that one. The list belongs to the walk, and changes as it goes on.
 */
function visitTexts(
  value: unknown,
  key: string | number,
  parents: (string | number)[],
  visit: (text: string, key: string | number, parents: readonly (string | number)[]) => void,
): void {
  if (typeof value === 'string') {
    if (value.length >= shortest) visit(value, key, parents);
  } else if (typeof value === 'object' && value !== null) {
    parents.push(key);
    if (Array.isArray(value))
      for (let index = 0; index < value.length; index++) visitTexts(value[index], index, parents, visit);
    else if (isObject(value)) for (const name in value) visitTexts(value[name], name, parents, visit);
    parents.pop();
  }
}

/** UTF-16 units. */
const shortest = 16;
