import { Field, isObject } from './field.ts';

/** A Kubernetes object: what identifies it, and its fields. */
export interface KubernetesObject {
  /** As written, such as `apps/v1`. */
  readonly apiVersion: string;
  /** API group without the version; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `Kind.group`, or the kind alone for the core group: the words in which rules name kinds. */
  readonly groupKind: string;
  /** `metadata.name`, or `metadata.generateName` followed by `*`, or empty. */
  readonly name: string;
  /** `metadata.namespace`; undefined when the object does not say. */
  readonly namespace: string | undefined;
  readonly root: Field;
}

/** Whether a value is a Kubernetes object: it has a string `apiVersion` and `kind`. */
export function isKubernetesObject(
  value: unknown,
): value is Record<string, unknown> & { apiVersion: string; kind: string } {
  if (!isObject(value)) return false;
  const { apiVersion, kind } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' && apiVersion !== '' && kind !== '';
}

/** Reads the identity of an object; undefined when it has no string `apiVersion` and `kind`. */
export function readObject(value: unknown): KubernetesObject | undefined {
  if (!isKubernetesObject(value)) return undefined;
  const { apiVersion, kind } = value;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const root = new Field(value);
  const metadata = root.at('metadata');
  const generateName = metadata.at('generateName').string;
  return {
    apiVersion,
    group,
    version: apiVersion.slice(slash + 1),
    kind,
    groupKind: group === '' ? kind : `${kind}.${group}`,
    name: metadata.at('name').string ?? (generateName === undefined ? '' : `${generateName}*`),
    namespace: metadata.at('namespace').string,
    root,
  };
}
