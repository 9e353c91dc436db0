import type { Candidate } from './candidate.ts';

/** Rules that see the same fault, the most specific one first. `fault` finds in a place what the fault is in. */
const overlaps: readonly { readonly rules: readonly string[]; readonly fault: RegExp }[] = [
  {
    rules: ['pod/runtime-socket', 'pod/host-path-sensitive', 'pod/host-path'],
    fault: /\/(?:volumes|volumeMounts)\/([^/]+)/,
  },
  {
    rules: ['pod/capabilities-dangerous', 'pod/capabilities-added'],
    fault: /(.*\/capabilities\/add\/.+)/,
  },
  {
    // In the network of the node every port is one of the node.
    rules: ['pod/host-network', 'pod/host-port'],
    fault: /^(.*?)\/(?:hostNetwork$|(?:initContainers|containers|ephemeralContainers)\/)/,
  },
  {
    // A privileged container may not even set allowPrivilegeEscalation to false.
    rules: ['pod/privileged', 'pod/privilege-escalation'],
    fault: /(.*)\/securityContext\/(?:privileged|allowPrivilegeEscalation)$/,
  },
  {
    rules: ['pod/run-as-root-uid', 'pod/run-as-non-root'],
    fault: /(.*\/securityContext)\/(?:runAsUser|runAsNonRoot)$/,
  },
  {
    rules: ['rbac/wildcard-resources', 'rbac/wildcard-verbs'],
    fault: /(.*\/rules\/[^/]+)/,
  },
  {
    rules: ['schema/invalid-name-or-value', 'schema/schema-invalid'],
    fault: /(.+)/,
  },
];

/**
 * Leaves each fault to the most specific rule that saw it, which also gets the controls of the others. Order is
 * kept.
 */
export function absorb<T extends Candidate>(candidates: readonly T[]): T[] {
  const faults = candidates.map(faultOf);
  const lowest = new Map<string, number>();
  for (const fault of faults)
    if (fault !== undefined) lowest.set(fault.key, Math.min(fault.rank, lowest.get(fault.key) ?? fault.rank));

  const isAbsorbed = (fault: Fault) => fault.rank > (lowest.get(fault.key) ?? fault.rank);
  const controls = new Map<string, Set<string>>();
  for (const [index, fault] of faults.entries()) {
    if (fault === undefined || !isAbsorbed(fault)) continue;
    const set = controls.get(fault.key) ?? new Set();
    for (const control of candidates[index]?.controls ?? []) set.add(control);
    controls.set(fault.key, set);
  }
  return candidates.flatMap((candidate, index) => {
    const fault = faults[index];
    if (fault === undefined) return [candidate];
    if (isAbsorbed(fault)) return [];
    const more = controls.get(fault.key) ?? [];
    return [{ ...candidate, controls: [...new Set([...candidate.controls, ...more])].sort() }];
  });
}

interface Fault {
  /** The same for candidates about the same fault of the same object. */
  readonly key: string;
  /** 0 for the most specific rule. */
  readonly rank: number;
}

function faultOf({ rule, place, target, object, location }: Candidate): Fault | undefined {
  const overlap = overlaps.find(({ rules }) => rules.includes(rule));
  const fault = overlap?.fault.exec(place)?.[1];
  if (overlap === undefined || fault === undefined) return undefined;
  const identity = [object?.apiVersion, object?.kind, object?.namespace, object?.name];
  return {
    // Rules mark different fields of one fault, and in a rendered object those may come from different files.
    key: JSON.stringify([target, location.role === 'literal' && location.file, ...identity, fault]),
    rank: overlap.rules.indexOf(rule),
  };
}
