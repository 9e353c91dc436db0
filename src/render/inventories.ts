import { environmentOf } from '../discover/environment.ts';
import type { Target } from '../discover/target.ts';
import { groupBy } from '../group-by.ts';
import { type Inventory, ObjectIndex } from '../kubernetes/inventory.ts';
import type { Manifest } from './manifest.ts';
import type { RenderedTarget } from './rendering.ts';

/**
 * What cross-object rules may ask about a manifest. Of a chart with several values sets, one stands for all in what others
 * see; what another set renders does not count for a set, as only one of them is installed.
 * @param unchecked objects of what could not be built, which other objects may refer to.
 */
export function inventories(
  rendered: readonly RenderedTarget[],
  unchecked: readonly Manifest[],
): (manifest: Manifest) => Inventory<Manifest> {
  const sets = groupBy(rendered, setOf);
  const shown = new Set([...sets.values()].map(representative));
  const objectsOf = (isSeen: (target: RenderedTarget) => boolean) =>
    rendered.filter(isSeen).flatMap(({ manifests }) => manifests);
  const repository = new ObjectIndex([...objectsOf((target) => shown.has(target)), ...unchecked]);
  const environments = environmentsOf(rendered);
  const alternativesOf = alternatives(rendered, sets);
  /** Of targets without alternatives, by environment. */
  const shared = new Map<string | undefined, ObjectIndex<Manifest>>();

  const environmentIndex = (own: RenderedTarget): ObjectIndex<Manifest> => {
    const name = environments.get(own);
    const others = alternativesOf(own);
    const known = others.size === 0 ? shared.get(name) : undefined;
    if (known !== undefined) return known;
    const index = new ObjectIndex(
      objectsOf((other) => {
        if (other === own) return true;
        if (!shown.has(other) || others.has(other)) return false;
        const its = environments.get(other);
        return its === undefined || name === undefined || its === name;
      }),
    );
    if (others.size === 0) shared.set(name, index);
    return index;
  };
  const repositoryIndex = (own: RenderedTarget): ObjectIndex<Manifest> => {
    if (shown.has(own)) return repository;
    const siblings = sets.get(setOf(own)) ?? [];
    const isSeen = (other: RenderedTarget) =>
      other === own || (shown.has(other) && !siblings.includes(other));
    return new ObjectIndex([...objectsOf(isSeen), ...unchecked]);
  };

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
            environments.get(own),
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

/** What a target is one of several values sets of, or the target itself. */
function setOf({ target }: RenderedTarget): string | Target {
  return target.kind === 'chart' ? target.directory : target;
}

function representative(set: readonly RenderedTarget[]): RenderedTarget | undefined {
  return set.find(({ read }) => read.length > 0) ?? set[0];
}

function environmentsOf(
  rendered: readonly RenderedTarget[],
): ReadonlyMap<RenderedTarget, string | undefined> {
  return new Map(rendered.map((target) => [target, environmentOf(target.target)]));
}

/** The targets that are applied instead of a target, not beside it: overlays with a base in common, values sets. */
function alternatives(
  rendered: readonly RenderedTarget[],
  sets: ReadonlyMap<string | Target, readonly RenderedTarget[]>,
): (own: RenderedTarget) => ReadonlySet<RenderedTarget> {
  const users = new Map<string, RenderedTarget[]>();
  for (const each of rendered)
    if (each.target.kind === 'overlay')
      for (const file of each.target.files) {
        const list = users.get(file);
        if (list === undefined) users.set(file, [each]);
        else list.push(each);
      }
  return (own) => {
    const { target } = own;
    const others =
      target.kind === 'overlay'
        ? target.files.flatMap((file) => users.get(file) ?? [])
        : (sets.get(setOf(own)) ?? []);
    return new Set(others.filter((other) => other !== own));
  };
}
