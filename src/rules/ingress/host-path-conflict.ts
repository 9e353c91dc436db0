import { groupBy } from '../../group-by.ts';
import { type Claim, claimKinds, claimsOf } from '../../kubernetes/claim.ts';
import { isExampleHost } from '../../kubernetes/host.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ingress/host-path-conflict',
  severity: 'high',
  kinds: claimKinds,
  summary: 'Two routes claim the same host and path',
  why: 'The router takes one of the two, often the older one, so that one application gets requests that are meant for the other, or none.',
  remedy: 'Give one of them another host or path, or make one route of the two.',
  controls: ['nist-800-53/r5:CM-3(2)'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    together: '{kind} {name} claims {host}{path}, which {otherKind} {other} claims as well.',
    apart: {
      text: '{kind} {name} claims {host}{path}, which {otherKind} {other} in {target} claims as well.',
      // Whether both are applied to one cluster is not certain.
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    const { kind, name, target } = manifest;
    if (isTestTarget(target)) return;
    const all = inventory.repository.derived(claimants);
    const done = new Set<string>();
    for (const { claim } of all.ofRoute.get(manifest) ?? []) {
      const same = all.ofId.get(claim.id) ?? [];
      // Nobody else claims the same.
      if (same.length === 1) continue;
      const example = isExampleHost(claim.host);
      const [near] = inventory.target.derived(claimants).ofId.get(claim.id) ?? [];
      // Several hosts of a chart's values may be one and the same example.
      const inTarget = example && target.kind === 'chart' ? undefined : opponent(near, claim, manifest);
      const around = example ? undefined : same.find((one) => inventory.environment.has(one.manifest));
      const found = inTarget ?? opponent(around, claim, manifest);
      if (found === undefined || done.has(`${claim.host} ${claim.path}`)) continue;
      done.add(`${claim.host} ${claim.path}`);
      const { host, path, place } = claim;
      const other = found.manifest;
      report(
        place,
        inTarget === undefined ? 'apart' : 'together',
        { kind, name, host, path, otherKind: other.kind, other: other.name, target: other.target.name },
        { related: [{ manifest: other, place: found.claim.place, message: 'the other route' }] },
      );
    }
  },
});

interface Claimant {
  readonly manifest: Manifest;
  readonly claim: Claim;
}

interface Claimants {
  readonly ofId: ReadonlyMap<string, readonly Claimant[]>;
  readonly ofRoute: ReadonlyMap<Manifest, readonly Claimant[]>;
}

function claimants(index: ObjectIndex<Manifest>): Claimants {
  const all = index
    .ofKind(...claimKinds)
    .flatMap((manifest) => claimsOf(manifest).map((claim) => ({ manifest, claim })));
  return { ofId: groupBy(all, ({ claim }) => claim.id), ofRoute: groupBy(all, ({ manifest }) => manifest) };
}

/** The first claimant, when it is another object that sends the requests elsewhere. */
function opponent(first: Claimant | undefined, claim: Claim, own: Manifest): Claimant | undefined {
  if (first === undefined || first.claim.destination === claim.destination) return undefined;
  // One object that is defined twice is another mistake.
  const { groupKind, namespace, name } = first.manifest;
  const isItself = groupKind === own.groupKind && namespace === own.namespace && name === own.name;
  return isItself ? undefined : first;
}
