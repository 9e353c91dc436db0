import { Field, isObject } from './field.ts';
import type { KubernetesObject } from './object.ts';

/**
 * The kinds under which rules see files that no cluster gets, but that decide what it gets. The groups are those of the
 * projects that read them; only `Kustomization` and `Component` are written in the files themselves.
 */
export const projectKinds = {
  kustomization: 'Kustomization.kustomize.config.k8s.io',
  component: 'Component.kustomize.config.k8s.io',
  /** Chart.yaml. */
  chart: 'Chart.helm.sh',
  /** Chart.lock. */
  lock: 'Lock.helm.sh',
  /** A values file of a chart. */
  values: 'Values.helm.sh',
  /** .sops.yaml. */
  sops: 'SopsConfig.getsops.io',
} as const;

const kinds: ReadonlySet<string> = new Set(Object.values(projectKinds));

/** Whether a `Kind.group` is one of {@link projectKinds}: rules for all kinds do not look at these. */
export function isProjectKind(groupKind: string): boolean {
  return kinds.has(groupKind);
}

/**
 * A document of such a file in the shape of an object; undefined when it is no map.
 * @param fallback what it is called when it does not say: its path, or that of its directory.
 */
export function projectObject(
  groupKind: string,
  value: unknown,
  fallback: string,
): KubernetesObject | undefined {
  if (!isObject(value)) return undefined;
  const root = new Field(value);
  const [kind = '', ...group] = groupKind.split('.');
  const apiVersion = root.at('apiVersion').string ?? '';
  const named = groupKind === projectKinds.chart ? root.at('name') : root.at('metadata', 'name');
  return {
    apiVersion,
    group: group.join('.'),
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    groupKind,
    name: named.string ?? fallback,
    namespace: undefined,
    root,
  };
}
