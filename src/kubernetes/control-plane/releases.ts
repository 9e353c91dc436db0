import table from '../data/kubernetes-releases.json' with { type: 'json' };

/** How a minor release of Kubernetes 1.x is supported on the day of the table. */
export type Support =
  | { readonly status: 'supported' }
  /** No more fixes by anyone since a day (ISO), or only those of a provider's extended support. */
  | { readonly status: 'ended' | 'extended'; readonly since: string }
  /** Older than all that the table knows. */
  | { readonly status: 'ancient' };

const [first] = table.releases;

/**
 * @param minor 36 for 1.36.
 * @param managed whether a provider runs the control plane, and may support it longer than the project does.
 */
export function supportOf(minor: number, managed: boolean): Support {
  if (minor < (first?.minor ?? 0)) return { status: 'ancient' };
  const release = table.releases.find((each) => each.minor === minor);
  if (release === undefined || release.endOfLife >= table.date) return { status: 'supported' };
  const { endOfLife, extendedSupport = endOfLife } = release;
  if (!managed) return { status: 'ended', since: endOfLife };
  if (extendedSupport >= table.date) return { status: 'extended', since: endOfLife };
  return { status: 'ended', since: extendedSupport };
}

/** The oldest minor release that the project supports on the day of the table. */
export const oldestSupportedMinor: number = Math.min(
  ...table.releases.filter(({ endOfLife }) => endOfLife >= table.date).map(({ minor }) => minor),
);

/** The minor number in `1.34`, `v1.34.2`, `stable-1.34` or `v1.34.2+k3s1`; undefined for other texts. */
export function minorOf(version: unknown): number | undefined {
  const text = typeof version === 'number' ? String(version) : version;
  if (typeof text !== 'string') return undefined;
  const minor = /^(?:(?:stable|latest)-)?v?1\.(\d{1,3})(?:\.\d+)?(?:[-+].*)?$/.exec(text.trim())?.[1];
  return minor === undefined ? undefined : Number(minor);
}
