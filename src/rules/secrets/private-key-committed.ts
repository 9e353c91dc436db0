import { isTestPath } from '../../discover/test-path.ts';
import { type Field, isObject } from '../../kubernetes/field.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { findCredentials } from '../../kubernetes/secret-patterns.ts';
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
    for (const { key, path, text } of textsOf(root.value, groupKind === 'Secret' ? contents : merged)) {
      const what = credentialIn(key, text);
      if (what === undefined || secretManifest.test(text)) continue;
      const place = path.reduce<Field>((field, name) => field.at(name), root);
      const [origin] = manifest.originsOf(place);
      const message = origin !== undefined && isTestPath(origin.file) ? 'test' : 'credential';
      report(place, message, { what, place: path.join('.') });
    }
  },
});

/** What `secrets/plaintext-secret` looks at. */
const contents: ReadonlySet<string> = new Set(['data', 'stringData']);
/** What a kustomization puts into objects, where it is looked at. */
const merged: ReadonlySet<string> = new Set(['patches', 'patchesStrategicMerge', 'patchesJson6902']);

/** A manifest in a value, as in a list of extra objects: it is looked at when it is rendered. */
const secretManifest = /^kind:\s{0,5}["']?Secret\b/m;

interface Text {
  /** Name of the property that holds it; empty for the items of a list. */
  readonly key: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** All texts in a value but those under the properties of its root that are left out. */
function* textsOf(
  value: unknown,
  leftOut: ReadonlySet<string>,
  path: readonly (string | number)[] = [],
): Generator<Text> {
  if (typeof value === 'string') {
    const key = path.at(-1);
    yield { key: typeof key === 'string' ? key : '', path, text: value };
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* textsOf(item, leftOut, [...path, index]);
  else if (isObject(value))
    for (const [key, child] of Object.entries(value))
      if (path.length > 0 || !leftOut.has(key)) yield* textsOf(child, leftOut, [...path, key]);
}

/** As JSON would have it, so that formats are found that are told by the name before them. */
function credentialIn(key: string, text: string): string | undefined {
  if (text.length < 16) return undefined;
  const [found] = findCredentials(key === '' || text.includes('\n') ? text : `"${key}": "${text}"`);
  return found?.what;
}
