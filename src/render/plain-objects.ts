import { environmentOf } from '../discover/environment.ts';
import { groupBy } from '../group-by.ts';
import { type Inventory, ObjectIndex } from '../kubernetes/inventory.ts';
import { trafficKinds } from '../kubernetes/network/policies.ts';
import type { Manifest } from './manifest.ts';

/**
 * What plain files of the repository say about the traffic of pods (`trafficKinds`) and that may go to the same cluster,
 * also in overlays that could not be built, as it is before any overlay: what seems to be missing may be among it.
 */
export function plainObjects({ repository, environmentName }: Inventory<Manifest>): ObjectIndex<Manifest>[] {
  const plain = repository.derived(byEnvironment);
  if (environmentName === undefined) return [...plain.values()];
  return [environmentName, undefined].flatMap((name) => plain.get(name) ?? []);
}

function byEnvironment(
  repository: ObjectIndex<Manifest>,
): ReadonlyMap<string | undefined, ObjectIndex<Manifest>> {
  const plain = repository.ofKind(...trafficKinds).filter(({ target }) => target.kind === 'manifests');
  const targets = groupBy(plain, ({ target }) => target);
  const groups = groupBy([...targets], ([target]) => environmentOf(target));
  return new Map(
    [...groups].map(([name, inIt]) => [name, new ObjectIndex(inIt.flatMap(([, objects]) => objects))]),
  );
}
