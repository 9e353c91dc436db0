import type { Field } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { isCustom } from './service.ts';
import { containersOf, podOf } from './workload.ts';

/**
 * The words in the fields of an index in which names of other objects stand without being references that Kubernetes
 * knows: in custom resources, annotations, commands and values of environment variables, and in configuration files. A
 * name among them may be that of an object which a controller or a job makes.
 */
export function wordsOf(index: ObjectIndex): ReadonlySet<string> {
  const words = new Set<string>();
  const add = (text: string) => {
    for (const word of text.split(separators)) if (word.length > 1) words.add(word);
  };
  for (const object of index.all) {
    for (const { key, string } of object.root.at('metadata', 'annotations').properties())
      if (string !== undefined && !aboutOwnReferences.test(String(key))) add(string);
    for (const field of speaking(object)) addTexts(field.value, add);
  }
  return words;
}

/** What names may hold, and what else stands in a text. */
const separators = /[^a-z0-9.-]+/;

/** Annotations that repeat the names of what the object itself refers to. */
const aboutOwnReferences = /reload|checksum|last-applied-configuration/;

function speaking(object: KubernetesObject): Field[] {
  if (object.groupKind === 'ConfigMap') return [object.root.at('data')];
  const pod = podOf(object);
  if (pod !== undefined)
    return containersOf(pod).flatMap(({ field }) => [
      field.at('command'),
      field.at('args'),
      ...field
        .at('env')
        .items()
        .map((variable) => variable.at('value')),
    ]);
  return isCustom(object) && !referring.has(object.groupKind) ? [object.root.at('spec')] : [];
}

/** Custom resources whose references are looked at themselves. */
const referring: ReadonlySet<string> = new Set([
  'Certificate.cert-manager.io',
  'IngressRoute.traefik.io',
  'IngressRoute.traefik.containo.us',
  'IngressRouteTCP.traefik.io',
  'IngressRouteTCP.traefik.containo.us',
  'VirtualService.networking.istio.io',
  'Route.route.openshift.io',
  'HTTPProxy.projectcontour.io',
  'ScaledObject.keda.sh',
]);

function addTexts(value: unknown, add: (text: string) => void): void {
  if (typeof value === 'string') add(value);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) addTexts(each, add);
}
