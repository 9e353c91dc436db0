import { type Field, isObject } from './field.ts';
import type { Container, Pod } from './workload.ts';

/** A ConfigMap or a Secret that a pod uses. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Where the name stands. */
  readonly place: Field;
  /** Where the keys stand that it must have. */
  readonly keys: readonly Field[];
  /** Undefined for what the whole pod uses. */
  readonly container: Container | undefined;
  /** Whether it is one of `imagePullSecrets`: the kubelet starts the pod without those that are missing. */
  readonly pull: boolean;
}

/**
 * The ConfigMaps and Secrets in `env`, `envFrom`, volumes and `imagePullSecrets` of a pod, but the optional ones.
 * @param containers all containers of the pod
 */
export function configReferencesOf({ spec }: Pod, containers: readonly Container[]): ConfigReference[] {
  const found: ConfigReference[] = [];
  for (const container of containers) {
    addOfVariables(container, found);
    for (const entry of itemsOf(container.field, 'envFrom'))
      for (const [key, kind] of listSources) {
        const source = entry.at(key);
        if (source.exists) add(found, kind, source, source.at('name'), { container });
      }
  }
  for (const volume of itemsOf(spec, 'volumes')) addOfVolume(volume, found);
  for (const secret of itemsOf(spec, 'imagePullSecrets'))
    add(found, 'Secret', secret, secret.at('name'), { pull: true });
  return found;
}

/** What the variables of a container that have no value of their own say where to get it; most have one. */
function addOfVariables(container: Container, found: ConfigReference[]): void {
  const variables = container.field.valueAt('env');
  if (!Array.isArray(variables)) return;
  for (let index = 0; index < variables.length; index++) {
    const variable: unknown = variables[index];
    if (!isObject(variable) || !isObject(variable.valueFrom)) continue;
    const from = container.field.at('env', index, 'valueFrom');
    for (const [key, kind] of variableSources) {
      const source = from.at(key);
      if (source.exists) add(found, kind, source, source.at('name'), { keys: [source.at('key')], container });
    }
  }
}

const variableSources = [
  ['configMapKeyRef', 'ConfigMap'],
  ['secretKeyRef', 'Secret'],
] as const;

const listSources = [
  ['configMapRef', 'ConfigMap'],
  ['secretRef', 'Secret'],
] as const;

function addOfVolume(volume: Field, found: ConfigReference[]): void {
  addOfFiles('ConfigMap', volume, 'configMap', 'name', found);
  addOfFiles('Secret', volume, 'secret', 'secretName', found);
  if (volume.valueAt('projected') === undefined) return;
  for (const source of volume.at('projected', 'sources').items()) {
    addOfFiles('ConfigMap', source, 'configMap', 'name', found);
    addOfFiles('Secret', source, 'secret', 'name', found);
  }
}

function addOfFiles(
  kind: ConfigReference['kind'],
  parent: Field,
  key: 'configMap' | 'secret',
  name: 'name' | 'secretName',
  found: ConfigReference[],
): void {
  if (!isObject(parent.valueAt(key))) return;
  const source = parent.at(key);
  const keys = itemsOf(source, 'items').map((item) => item.at('key'));
  add(found, kind, source, source.at(name), { keys });
}

/** The items of a list; nothing is made where there is none, which is most places. */
function itemsOf(parent: Field, list: string): Field[] {
  return Array.isArray(parent.valueAt(list)) ? parent.at(list).items() : [];
}

function add(
  found: ConfigReference[],
  kind: ConfigReference['kind'],
  source: Field,
  place: Field,
  { keys = [], container = undefined, pull = false }: Partial<ConfigReference>,
): void {
  const name = place.string;
  if (!name || source.valueAt('optional') === true) return;
  found.push({ kind, name, place, keys, container, pull });
}
