import { environmentOf } from '../discover/environment.ts';
import { groupBy } from '../group-by.ts';
import { type Inventory, ObjectIndex } from '../kubernetes/inventory.ts';
import type { Manifest } from './manifest.ts';

/**
 * The objects in plain files of the repository that may go to the same cluster, also those of overlays that could not
 * be built, as they are before any overlay: what seems to be missing may be among them.
 */
export function plainObjects({ repository, environmentName }: Inventory<Manifest>): ObjectIndex<Manifest>[] {
  const plain = repository.derived(byEnvironment);
  if (environmentName === undefined) return [...plain.values()];
  return [environmentName, undefined].flatMap((name) => plain.get(name) ?? []);
}

function byEnvironment(
  repository: ObjectIndex<Manifest>,
): ReadonlyMap<string | undefined, ObjectIndex<Manifest>> {
  const plain = repository.all.filter(({ target }) => target.kind === 'manifests');
  const targets = groupBy(plain, ({ target }) => target);
  const groups = groupBy([...targets], ([target]) => environmentOf(target));
  return new Map(
    [...groups].map(([name, inIt]) => [name, new ObjectIndex(inIt.flatMap(([, objects]) => objects))]),
  );
}
