import { posix } from 'node:path';
import table from './data/host-paths.json' with { type: 'json' };
import { type Field, isObject, isSet } from './field.ts';
import type { Pod } from './workload.ts';

/** A volume that is a directory or a file of the node. */
export interface HostPathVolume {
  /** `name`, or the volume's place in its list such as `#2` (1-based) when it has none. */
  readonly name: string;
  /** `hostPath.path`; it need not exist. */
  readonly field: Field;
  /** The path, absolute and without `//`, `.`, `..` or a last `/`; undefined when the volume gives none. */
  readonly path: string | undefined;
}

/** The hostPath volumes of a pod. */
export function hostPathVolumes(pod: Pod): HostPathVolume[] {
  return pod.spec
    .at('volumes')
    .items()
    .filter(({ value }) => isObject(value) && isSet(value.hostPath))
    .map((volume) => {
      const field = volume.at('hostPath', 'path');
      const name = volume.at('name').string ?? `#${Number(volume.key) + 1}`;
      return { name, field, path: field.string ? posix.resolve('/', field.string) : undefined };
    });
}

/** Whether an absolute path is this directory or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/**
 * Whether a path has to do with a directory whose content decides over the node, or holds credentials or logs of other
 * workloads. What anybody may read there, such as the certificates of authorities, is not.
 */
export function isSensitive(path: string): boolean {
  if (table.public.some((directory) => isWithin(path, directory))) return false;
  return table.sensitive.some((directory) => isWithin(path, directory) || isWithin(directory, path));
}

/** Whether a path is the socket of a container runtime, wherever it lies. */
export function isRuntimeSocket(path: string): boolean {
  return table.sockets.includes(posix.basename(path));
}

/** Whether container runtimes put their sockets into this directory by default; `/var/run` is the same place as `/run`. */
export function hasRuntimeSocket(path: string): boolean {
  return table.socketDirectories.includes(path.replace(/^\/var(?=\/run(?:\/|$))/, ''));
}
