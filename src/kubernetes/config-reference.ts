import type { Field } from './field.ts';
import { type Container, containersOf, type Pod } from './workload.ts';

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

/** The ConfigMaps and Secrets in `env`, `envFrom`, volumes and `imagePullSecrets` of a pod, but the optional ones. */
export function configReferencesOf(pod: Pod): ConfigReference[] {
  const { spec } = pod;
  return [
    ...containersOf(pod).flatMap(referencesOfContainer),
    ...spec.at('volumes').items().flatMap(referencesOfVolume),
    ...spec
      .at('imagePullSecrets')
      .items()
      .flatMap((secret) => reference('Secret', secret, secret.at('name'), [], undefined, true)),
  ];
}

function referencesOfContainer(container: Container): ConfigReference[] {
  const { field } = container;
  const keyed = (kind: ConfigReference['kind'], source: Field) =>
    reference(kind, source, source.at('name'), [source.at('key')], container);
  return [
    ...field
      .at('env')
      .items()
      .flatMap((variable) => [
        ...keyed('ConfigMap', variable.at('valueFrom', 'configMapKeyRef')),
        ...keyed('Secret', variable.at('valueFrom', 'secretKeyRef')),
      ]),
    ...field
      .at('envFrom')
      .items()
      .flatMap((entry) => {
        const [config, secret] = [entry.at('configMapRef'), entry.at('secretRef')];
        return [
          ...reference('ConfigMap', config, config.at('name'), [], container),
          ...reference('Secret', secret, secret.at('name'), [], container),
        ];
      }),
  ];
}

function referencesOfVolume(volume: Field): ConfigReference[] {
  const secret = volume.at('secret');
  const projected = volume.at('projected', 'sources').items();
  return [
    ...fromFiles('ConfigMap', volume.at('configMap')),
    ...fromFiles('Secret', secret, 'secretName'),
    ...projected.flatMap((source) => [
      ...fromFiles('ConfigMap', source.at('configMap')),
      ...fromFiles('Secret', source.at('secret')),
    ]),
  ];
}

function fromFiles(kind: ConfigReference['kind'], source: Field, name = 'name'): ConfigReference[] {
  const keys = source
    .at('items')
    .items()
    .map((item) => item.at('key'));
  return reference(kind, source, source.at(name), keys, undefined);
}

function reference(
  kind: ConfigReference['kind'],
  source: Field,
  place: Field,
  keys: readonly Field[],
  container: Container | undefined,
  pull = false,
): ConfigReference[] {
  const name = place.string;
  if (!name || source.at('optional').value === true) return [];
  return [{ kind, name, place, keys, container, pull }];
}
