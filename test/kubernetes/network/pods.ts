import { namespaceOf } from '../../../src/kubernetes/network/policies.ts';
import type { NetworkPod } from '../../../src/kubernetes/network/policy.ts';
import { type KubernetesObject, readObject } from '../../../src/kubernetes/object.ts';

/** A policy named `x`; `more` is put beside `spec`. */
export function object(
  apiVersion: string,
  kind: string,
  spec: unknown,
  namespace?: string,
  more: object = {},
): KubernetesObject {
  const policy = readObject({ apiVersion, kind, metadata: { name: 'x', namespace }, spec, ...more });
  if (policy === undefined) throw new Error('no object');
  return policy;
}

/** A pod of the ServiceAccount `robot`, in a namespace with labels of its own. */
export function pod(
  namespace: string,
  labels: Readonly<Record<string, string>> = {},
  namespaceLabels: Readonly<Record<string, string>> = {},
): NetworkPod {
  const declared = readObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { labels: namespaceLabels } });
  return {
    namespace: namespaceOf(namespace, declared),
    labels: new Map(Object.entries(labels)),
    serviceAccount: 'robot',
  };
}
