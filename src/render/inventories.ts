import { environmentOf } from '../discover/environment.ts';
import { baseName } from '../discover/path.ts';
import type { Target } from '../discover/target.ts';
import { append, groupBy } from '../group-by.ts';
import { type Inventory, JointIndex, ObjectIndex } from '../kubernetes/inventory.ts';
import type { Manifest } from './manifest.ts';
import type { RenderedTarget } from './rendering.ts';

/**
 * What cross-object rules may ask about a manifest. Of a chart with several values sets, one stands for all in what others
 * see; what another set renders does not count for a set, as only one of them is installed.
 * @param unchecked what only the whole repository has: objects of what could not be built, and files such as Chart.yaml.
 */
export function inventories(
  rendered: readonly RenderedTarget[],
  unchecked: readonly Manifest[],
): (manifest: Manifest) => Inventory<Manifest> {
  const sets = groupBy(rendered, setOf);
  const siblingsOf = (target: RenderedTarget) => sets.get(setOf(target)) ?? [];
  const representatives = new Set([...sets.values()].map(representative));
  const shown = rendered.filter((target) => representatives.has(target));
  const repository = new ObjectIndex([...objectsOf(shown), ...unchecked]);
  const sites = sitesOf(rendered);
  const siteOf = (target: RenderedTarget) => sites.get(target) ?? {};
  const nameOf = (target: RenderedTarget) => (siblingsOf(target).length > 1 ? target.target.name : undefined);

  let places: ReadonlyMap<Manifest, number> | undefined;
  const order = (object: Manifest) => {
    places ??= new Map([...objectsOf(rendered), ...unchecked].map((each, place) => [each, place]));
    return places.get(object) ?? places.size;
  };
  const parts = [
    ...groupBy(shown, (target) => JSON.stringify([siteOf(target), nameOf(target)])).values(),
  ].map((targets) => ({ targets, index: new ObjectIndex(objectsOf(targets)) }));
  /** What a target sees of others: never the other values sets of its chart. */
  const seenFrom = (own: RenderedTarget, isNear: (other: RenderedTarget) => boolean) => {
    const siblings = siblingsOf(own);
    const isSeen = (other: RenderedTarget) =>
      isNear(other) && (siblings.length === 1 || !siblings.includes(other));
    const others = parts
      .filter(({ targets: [one] }) => one !== undefined && isSeen(one))
      .map(({ index }) => index);
    return siblings.length === 1 ? others : [...others, new ObjectIndex(own.manifests)];
  };
  const environments = new Map<string, ObjectIndex<Manifest>>();
  const environmentIndex = (own: RenderedTarget): ObjectIndex<Manifest> => {
    const site = siteOf(own);
    const key = JSON.stringify([site, nameOf(own)]);
    let index = environments.get(key);
    index ??= new JointIndex(
      seenFrom(own, (other) => mayMeet(site, siteOf(other))),
      order,
    );
    environments.set(key, index);
    return index;
  };
  const repositoryIndex = (own: RenderedTarget): ObjectIndex<Manifest> =>
    representatives.has(own)
      ? repository
      : new JointIndex([...seenFrom(own, () => true), new ObjectIndex(unchecked)], order);

  const byTarget = new Map(rendered.map((target) => [target.target, target]));
  const table = new Map<Target, Inventory<Manifest>>();
  return ({ target }) => {
    const known = table.get(target);
    if (known !== undefined) return known;
    const own = byTarget.get(target);
    // The manifests of a target come in a row: the indexes of the one before are not needed any more.
    table.clear();
    const inventory =
      own === undefined
        ? {
            target: repository,
            environment: repository,
            repository,
            complete: target.complete,
            environmentName: environmentOf(target),
          }
        : new TargetInventory(
            own,
            sites.get(own)?.environment,
            () => environmentIndex(own),
            () => repositoryIndex(own),
          );
    table.set(target, inventory);
    return inventory;
  };
}

/** Makes the wider indexes when they are first asked for. */
class TargetInventory implements Inventory<Manifest> {
  readonly target: ObjectIndex<Manifest>;
  readonly complete: boolean;
  readonly environmentName: string | undefined;
  readonly #make: {
    readonly environment: () => ObjectIndex<Manifest>;
    repository: () => ObjectIndex<Manifest>;
  };
  #environment: ObjectIndex<Manifest> | undefined;
  #repository: ObjectIndex<Manifest> | undefined;

  constructor(
    own: RenderedTarget,
    environmentName: string | undefined,
    environment: () => ObjectIndex<Manifest>,
    repository: () => ObjectIndex<Manifest>,
  ) {
    this.target = new ObjectIndex(own.manifests);
    this.complete = own.complete;
    this.environmentName = environmentName;
    this.#make = { environment, repository };
  }

  get environment(): ObjectIndex<Manifest> {
    this.#environment ??= this.#make.environment();
    return this.#environment;
  }

  get repository(): ObjectIndex<Manifest> {
    this.#repository ??= this.#make.repository();
    return this.#repository;
  }
}

function objectsOf(targets: readonly RenderedTarget[]): Manifest[] {
  return targets.flatMap(({ manifests }) => manifests);
}

/** What a target is one of several values sets of, or the target itself. */
function setOf({ target }: RenderedTarget): string | Target {
  return target.kind === 'chart' ? target.directory : target;
}

function representative(set: readonly RenderedTarget[]): RenderedTarget | undefined {
  return set.find(({ read }) => read.length > 0) ?? set[0];
}

/** Where a target is applied, as far as its path and the config tell. */
interface Site {
  readonly environment?: string;
  /** Tells apart overlays of one base that are for the same environment, such as one for each cluster. */
  readonly variant?: string;
}

/** Whether the objects of two targets may be in one cluster. */
function mayMeet(a: Site, b: Site): boolean {
  const agree = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other;
  return agree(a.environment, b.environment) && agree(a.variant, b.variant);
}

/** Overlays of one base are applied instead of one another, so each has a site of its own. */
function sitesOf(rendered: readonly RenderedTarget[]): ReadonlyMap<RenderedTarget, Site> {
  const environments = new Map(rendered.map((target) => [target, environmentOf(target.target)]));
  const users = new Map<string, RenderedTarget[]>();
  for (const each of rendered)
    if (each.target.kind === 'overlay') for (const file of each.target.files) append(users, file, each);
  const several = new Set(
    [...users.values()].flatMap((overlays) => {
      const sameEnvironment = groupBy(overlays, (each) => environments.get(each));
      return [...sameEnvironment.values()].filter(({ length }) => length > 1).flat();
    }),
  );
  return new Map(
    rendered.map((each) => {
      const environment = environments.get(each);
      return [
        each,
        {
          ...(environment !== undefined && { environment }),
          ...(several.has(each) && { variant: baseName(each.target.name) }),
        },
      ];
    }),
  );
}
