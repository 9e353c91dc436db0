import { type ApiLifecycle, apiLifecycles } from './api-lifecycle-data.ts';

/** What a release of Kubernetes makes of an API version. */
export interface ServedState {
  readonly state: 'served' | 'removed' | 'not-yet-served';
  readonly lifecycle: ApiLifecycle | undefined;
}

/**
 * Whether the Kubernetes release 1.`minor` serves a kind of its own APIs in this version. What has no entry in
 * the table counts as served, and so does what is only planned to go.
 */
export function servedState(apiVersion: string, kind: string, minor: number): ServedState {
  const lifecycle = apiLifecycles.find((row) => row.apiVersion === apiVersion && row.kinds.includes(kind));
  const { introduced = 0, removed = Number.POSITIVE_INFINITY, planned = false } = lifecycle ?? {};
  if (removed <= minor && !planned) return { state: 'removed', lifecycle };
  return { state: introduced > minor ? 'not-yet-served' : 'served', lifecycle };
}
