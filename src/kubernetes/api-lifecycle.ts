import { type ApiLifecycle, apiLifecycles } from './api-lifecycle-data.ts';

const byVersion: ReadonlyMap<string, readonly ApiLifecycle[]> = new Map(
  apiLifecycles.map(({ apiVersion }) => [
    apiVersion,
    apiLifecycles.filter((row) => row.apiVersion === apiVersion),
  ]),
);

/** What a release of Kubernetes makes of an API version. */
export type ServedState =
  | { readonly state: 'served' }
  | { readonly state: 'not-yet-served'; readonly introduced: number }
  | {
      readonly state: 'removed';
      readonly removed: number;
      /** An `apiVersion` of the kind that this release serves; undefined when there is none. */
      readonly replacement: string | undefined;
    };

/**
 * Whether the Kubernetes release 1.`minor` serves a kind of its own APIs in this version. What has no entry in
 * the table counts as served, and so does what is only planned to go.
 */
export function servedState(apiVersion: string, kind: string, minor: number): ServedState {
  const lifecycle = byVersion.get(apiVersion)?.find(({ kinds }) => kinds.includes(kind));
  if (lifecycle === undefined || isServed(lifecycle, minor)) return { state: 'served' };
  const { introduced = 0, removed = 0 } = lifecycle;
  if (introduced > minor) return { state: 'not-yet-served', introduced };
  return { state: 'removed', removed, replacement: replacementOf(lifecycle, kind, minor) };
}

function rowsOf(kind: string): ApiLifecycle[] {
  return apiLifecycles.filter(({ kinds }) => kinds.includes(kind));
}

function isServed({ introduced = 0, removed, planned }: ApiLifecycle, minor: number): boolean {
  return introduced <= minor && (removed === undefined || removed > minor || planned === true);
}

/** The version to move to for good, or, where the release does not have it yet, the one that is served longest. */
function replacementOf({ apiVersion, replacement }: ApiLifecycle, kind: string, minor: number) {
  const rows = rowsOf(kind);
  const known = rows.find((row) => row.apiVersion === replacement);
  if (replacement !== undefined && (known === undefined || isServed(known, minor))) return replacement;
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1);
  const [longest] = rows
    .filter((row) => row.apiVersion.startsWith(group) && isServed(row, minor))
    .sort((a, b) => (b.removed ?? Number.MAX_VALUE) - (a.removed ?? Number.MAX_VALUE));
  return longest?.apiVersion;
}
