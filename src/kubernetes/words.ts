import { type Field, isObject } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import { isCustom, podsOf } from './service.ts';
import { containersOf } from './workload.ts';

/**
 * The words in the fields of an index in which names of other objects stand without being references that Kubernetes
 * knows: in custom resources, annotations, commands and values of environment variables, and in configuration files. A
 * name among them may be that of an object which a controller or a job makes.
 */
export function wordsOf(index: ObjectIndex): Words {
  const texts: string[] = [];
  for (const object of index.all) {
    const annotations = object.root.valueAt('metadata', 'annotations');
    if (isObject(annotations))
      for (const key of Object.keys(annotations)) {
        const value = annotations[key];
        if (typeof value === 'string' && !aboutOwnReferences.test(key)) texts.push(value);
      }
    if (object.groupKind === 'ConfigMap') addTexts(object.root.valueAt('data'), texts);
    else if (isCustom(object) && !referring.has(object.groupKind))
      addTexts(object.root.valueAt('spec'), texts);
  }
  for (const { pod } of index.derived(podsOf).inNamespace(undefined))
    if (pod !== undefined) for (const { field } of containersOf(pod)) addSpokenBy(field, texts);
  return new Words(texts);
}

/** The words of some texts. */
export class Words {
  readonly #texts: readonly string[];
  #asked = 0;
  #all: ReadonlySet<string> | undefined;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /** Whether this is one of the words. */
  has(word: string): boolean {
    if (!isWord.test(word)) return false;
    // To search the texts is less work than to take them apart, but for many words.
    if (this.#asked++ < few) return this.#texts.some((text) => hasWord(text, word));
    this.#all ??= new Set(this.#texts.flatMap((text) => text.split(separators)));
    return this.#all.has(word);
  }
}

const few = 20;

/** What names may hold, and what else stands in a text. */
const isWord = /^[a-z0-9.-]{2,}$/;
const separators = /[^a-z0-9.-]+/;

/** Whether a word stands in a text on its own, and not as a part of a longer one. */
function hasWord(text: string, word: string): boolean {
  let at = text.indexOf(word);
  while (at >= 0) {
    const end = at + word.length;
    if (isApart(text.charAt(at - 1)) && isApart(text.charAt(end))) return true;
    at = text.indexOf(word, end);
  }
  return false;
}

function isApart(neighbour: string): boolean {
  return neighbour === '' || separators.test(neighbour);
}

/** Annotations that repeat the names of what the object itself refers to. */
const aboutOwnReferences = /reload|checksum|last-applied-configuration/;

function addSpokenBy(container: Field, texts: string[]): void {
  addTexts(container.valueAt('command'), texts);
  addTexts(container.valueAt('args'), texts);
  const variables = container.valueAt('env');
  if (Array.isArray(variables))
    for (const variable of variables) if (isObject(variable)) addTexts(variable.value, texts);
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

function addTexts(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) addTexts(each, texts);
}
