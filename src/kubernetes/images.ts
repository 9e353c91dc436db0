import { parseYaml } from '../yaml/parse.ts';
import { applicationSources, argoApplications } from './argo-cd.ts';
import { Field, isObject } from './field.ts';
import { fullName, type ImageReference, parseImageReference } from './image-reference.ts';
import type { Inventory } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { isCustom } from './service.ts';
import type { Container, Pod } from './workload.ts';

/** An image that an object has pulled, or lets a chart or a controller pull. */
export interface Image {
  readonly reference: ImageReference;
  /** The reference as it is written, or put together from its parts. */
  readonly text: string;
  /**
   * The full name, such as `docker.io/library/nginx`; undefined when a chart may have a registry of its own for a name
   * that says none.
   */
  readonly name: string | undefined;
  /** Where registry and repository stand, and where the tag does: one field, or two of a map. */
  readonly nameAt: Field;
  readonly tagAt: Field;
  /** Whether what the reference does not say is left to a chart, which may have a tag or digest of its own. */
  readonly forChart: boolean;
  /** The container that runs it. */
  readonly container: Container | undefined;
}

/** What images are looked for in. */
interface Subject {
  readonly manifest: KubernetesObject;
  readonly pod: Pod | undefined;
  readonly containers: readonly Container[];
  readonly inventory: Pick<Inventory, 'target'>;
}

/**
 * The images that an object names: of containers and image volumes, in values for a chart (HelmRelease, Application),
 * and in the spec of other custom resources. Nothing of a reference that no runtime would accept, such as a placeholder.
 */
export function imagesOf(subject: Subject): readonly Image[] {
  const { manifest, pod, inventory } = subject;
  if (pod === undefined && !isCustom(manifest)) return [];
  const known = inventory.target.derived(imagesByObject);
  const images = known.get(manifest) ?? findImages(subject);
  known.set(manifest, images);
  return images;
}

/** The images of the objects that were asked for so far: several rules look at each. */
function imagesByObject(): Map<KubernetesObject, readonly Image[]> {
  return new Map();
}

function findImages({ manifest: object, pod, containers }: Subject): Image[] {
  if (pod !== undefined)
    return [
      ...containers.flatMap((container) => whole(container.field.at('image'), false, container)),
      ...inVolumes(pod.spec.at('volumes')),
    ];
  if (object.groupKind === 'HelmRelease.helm.toolkit.fluxcd.io')
    return imagesIn(object.root.at('spec', 'values'), true);
  if (argoApplications.includes(object.groupKind)) return applicationSources(object).flatMap(ofSource);
  return isAboutOthers(object) ? [] : imagesIn(object.root.at('spec'), false);
}

function inVolumes(volumes: Field): Image[] {
  const hasImage = (volume: unknown) => isObject(volume) && volume.image !== undefined;
  if (!Array.isArray(volumes.value) || !volumes.value.some(hasImage)) return [];
  return volumes.items().flatMap((volume) => whole(volume.at('image', 'reference'), false));
}

function ofSource(source: Field): Image[] {
  const text = source.at('helm', 'values');
  const documents = text.string === undefined ? [] : parseYaml(text.string).documents;
  return [
    ...imagesIn(source.at('helm', 'valuesObject'), true),
    ...documents
      .flatMap(({ value }) => imagesIn(new Field(value), true))
      .map((image) => ({ ...image, nameAt: text, tagAt: text })),
  ];
}

/** Policies name images that they are for, and Flux those that it looks for tags of. */
function isAboutOthers({ group }: KubernetesObject): boolean {
  return /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh|image\.toolkit\.fluxcd\.io)$/.test(group);
}

const wholeKeys: ReadonlySet<string> = new Set(['image', 'imageName']);

function imagesIn(field: Field, forChart: boolean): Image[] {
  const images: Image[] = [];
  addImagesIn(field, forChart, images);
  return images;
}

function addImagesIn(field: Field, forChart: boolean, images: Image[]): void {
  const { value } = field;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      if (typeof value[index] === 'object') addImagesIn(field.at(index), forChart, images);
  } else if (isObject(value)) {
    images.push(...inParts(field, forChart));
    for (const key of Object.keys(value))
      if (typeof value[key] === 'object') addImagesIn(field.at(key), forChart, images);
      else if (wholeKeys.has(key)) images.push(...whole(field.at(key), forChart));
  }
}

function whole(field: Field, forChart: boolean, container?: Container): Image[] {
  const text = field.string ?? '';
  const reference = text === '' ? undefined : parseImageReference(text);
  if (reference === undefined) return [];
  return [
    {
      reference,
      text,
      name: nameOf(reference, forChart),
      nameAt: field,
      tagAt: field,
      forChart,
      container,
    },
  ];
}

/** The image that a map says in parts, if it does: a chart or a Git repository is also called `repository`. */
function inParts(map: Field, forChart: boolean): Image[] {
  if (!map.valueAt('repository')) return [];
  const [registryAt, repositoryAt, tagAt] = [map.at('registry'), map.at('repository'), map.at('tag')];
  const digest = map.at('digest').string || undefined;
  const isImage = /image/i.test(String(map.key)) || tagAt.exists || digest !== undefined;
  if (!repositoryAt.string || !isImage) return [];
  const name = [registryAt.string, repositoryAt.string].filter(Boolean).join('/');
  const { value } = tagAt;
  const tag = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const text = `${name}${tag && `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  const reference = parseImageReference(text);
  if (reference === undefined) return [];
  // Without a registry of its own the repository's first part may be one.
  const nameAt = registryAt.string ? registryAt : repositoryAt;
  return [
    { reference, text, name: nameOf(reference, forChart), nameAt, tagAt, forChart, container: undefined },
  ];
}

function nameOf(reference: ImageReference, forChart: boolean): string | undefined {
  return forChart && reference.registry === undefined ? undefined : fullName(reference);
}
