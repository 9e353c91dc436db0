import table from './data/admin-uis.json' with { type: 'json' };
import { fitsName } from './name-pattern.ts';

/** A web interface through which a system is run or looked into. */
export interface AdminUi {
  readonly title: string;
  /** Whether it asks for a login as it is installed. */
  readonly login: boolean;
}

interface Entry {
  readonly title: string;
  readonly login?: boolean;
  /** Names of its Service. */
  readonly services: readonly string[];
}

const entries: readonly Entry[] = table.interfaces;
const known = entries.flatMap(({ title, login = false, services }) =>
  services.map((pattern) => ({ pattern, ui: { title, login } })),
);
const byName: ReadonlyMap<string, AdminUi> = new Map(known.map(({ pattern, ui }) => [pattern, ui]));
const patterns = known.filter(({ pattern }) => pattern.includes('*'));

/** The interface that a Service of this name gives access to; undefined when it is not known for one. */
export function adminUiOf(service: string): AdminUi | undefined {
  return byName.get(service) ?? patterns.find(({ pattern }) => fitsName(pattern, service))?.ui;
}
