import { groupBy } from '../group-by.ts';
import { fullName, type ImageReference, isWithin } from './image-reference.ts';
import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { mayShareNamespace } from './service.ts';

/** Where the registry in an OpenShift cluster has the images that come with the release. */
const ofRelease = 'image-registry.openshift-image-registry.svc:5000/openshift';

/**
 * Whether the name of an image stands for what something else puts in its place: what Skaffold built (`build.artifacts` of
 * its configuration), or what an ImageStream of OpenShift says that the cluster looks names up in.
 */
export function isStandIn(
  reference: ImageReference,
  { namespace }: KubernetesObject,
  { environment, repository }: Inventory,
): boolean {
  const { registry, repository: path } = reference;
  const name = registry === undefined ? path : `${registry}/${path}`;
  if (isWithin(fullName(reference), ofRelease) || repository.derived(artifacts).has(name)) return true;
  const streams = registry === undefined ? (repository.derived(lookedUp).get(path) ?? []) : [];
  return streams.some((stream) => mayShareNamespace(stream.namespace, namespace) && environment.has(stream));
}

function artifacts(index: ObjectIndex): ReadonlySet<string> {
  const built = index.ofKind('Config.skaffold').flatMap(({ root }) => root.at('build', 'artifacts').items());
  return new Set(built.flatMap((artifact) => artifact.at('image').string ?? []));
}

function lookedUp(index: ObjectIndex): ReadonlyMap<string, readonly KubernetesObject[]> {
  const streams = index.ofKind('ImageStream.image.openshift.io');
  const local = streams.filter(({ root }) => root.at('spec', 'lookupPolicy', 'local').value === true);
  return groupBy(local, ({ name }) => name);
}
