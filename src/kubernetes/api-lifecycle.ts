import { groupBy } from '../group-by.ts';
import table from './data/api-lifecycle.json' with { type: 'json' };

/** Since when a version of a kind is served, and until when. Releases are Kubernetes minors: 22 for 1.22. */
export interface ApiLifecycle {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  /** First release that serves it; not given where that is before 1.20. */
  readonly introduced?: number;
  readonly deprecated?: number;
  /** First release that does not serve it any more. */
  readonly removed?: number;
  /** The removal is announced for a release that did not exist on the date of the source, and may still move. */
  readonly planned?: boolean;
  /** The `apiVersion` to move to, where the kind has one that is served when this one is removed. */
  readonly replacement?: string;
}

/** The kinds of Kubernetes' own APIs whose versions came after 1.19 or went, as far as people commit them. */
export const apiLifecycles: readonly ApiLifecycle[] = table.rows;

const byVersion = groupBy(apiLifecycles, ({ apiVersion }) => apiVersion);

/** What a release of Kubernetes makes of an API version. */
export type ServedState =
  | { readonly state: 'served' }
  | {
      readonly state: 'deprecated';
      readonly deprecated: number;
      /** The release that does not serve it any more; undefined when that is not known. */
      readonly removed: number | undefined;
      /** Whether that release is only planned. */
      readonly planned: boolean;
      readonly replacement: string | undefined;
    }
  | { readonly state: 'not-yet-served'; readonly introduced: number }
  | {
      readonly state: 'removed';
      readonly removed: number;
      /** An `apiVersion` of the kind that this release serves; undefined when there is none. */
      readonly replacement: string | undefined;
    };

/**
 * Whether the Kubernetes release 1.`minor` serves a kind of its own APIs in this version. What has no entry in
 * the table counts as served, and what is only planned to go is not removed yet.
 */
export function servedState(apiVersion: string, kind: string, minor: number): ServedState {
  const lifecycle = byVersion.get(apiVersion)?.find(({ kinds }) => kinds.includes(kind));
  if (lifecycle === undefined) return { state: 'served' };
  const { introduced = 0, deprecated, removed, planned = false } = lifecycle;
  if (introduced > minor) return { state: 'not-yet-served', introduced };
  if (!isServed(lifecycle, minor))
    return { state: 'removed', removed: removed ?? 0, replacement: replacementOf(lifecycle, kind, minor) };
  if (deprecated === undefined || deprecated > minor) return { state: 'served' };
  const replacement = replacementOf(lifecycle, kind, minor);
  return { state: 'deprecated', deprecated, removed, planned, replacement };
}

function isServed({ introduced = 0, removed, planned }: ApiLifecycle, minor: number): boolean {
  return introduced <= minor && (removed === undefined || removed > minor || planned === true);
}

/**
 * The version to move to for good, or, where the release does not have it yet, the one that is served longest;
 * undefined when none is served longer than this one.
 */
function replacementOf({ apiVersion, replacement, removed }: ApiLifecycle, kind: string, minor: number) {
  const rows = apiLifecycles.filter(({ kinds }) => kinds.includes(kind));
  const known = rows.find((row) => row.apiVersion === replacement);
  if (replacement !== undefined && (known === undefined || isServed(known, minor))) return replacement;
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1);
  const [longest] = rows
    .filter((row) => row.apiVersion.startsWith(group) && isServed(row, minor))
    .filter((row) => lastsUntil(row.removed) > lastsUntil(removed))
    .sort((a, b) => lastsUntil(b.removed) - lastsUntil(a.removed));
  return longest?.apiVersion;
}

function lastsUntil(removed: number | undefined): number {
  return removed ?? Number.MAX_VALUE;
}
