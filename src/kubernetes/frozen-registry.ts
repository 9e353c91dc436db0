import { groupBy } from '../group-by.ts';
import table from './data/frozen-registries.json' with { type: 'json' };
import { isWithin } from './image-reference.ts';

/** A registry, or a path in one, whose images are not updated any more. */
export interface FrozenRegistry {
  /** Host and path. */
  readonly name: string;
  /** Since when it gets no new images, as `YYYY-MM-DD` or `YYYY-MM`. */
  readonly frozen?: string;
  /** When its images were taken away, as `YYYY-MM-DD` or `YYYY-MM`. */
  readonly removed?: string;
  /** Whether that is so for versions alone: what is tagged `latest` is still there. */
  readonly versionsOnly?: boolean;
  /** Host and path of images to which it does not apply. */
  readonly except?: readonly string[];
  /** Host and path that took its place. */
  readonly instead?: string;
}

const byHost: ReadonlyMap<string, readonly FrozenRegistry[]> = groupBy(table.registries, ({ name }) =>
  hostOf(name),
);

/**
 * The frozen registry that an image is from.
 * @param name the full name of the image, such as `docker.io/library/nginx`
 */
export function frozenRegistryOf(name: string, tag: string | undefined): FrozenRegistry | undefined {
  return byHost
    .get(hostOf(name))
    ?.find(
      (registry) =>
        isWithin(name, registry.name) &&
        !registry.except?.some((path) => isWithin(name, path)) &&
        (!registry.versionsOnly || (tag !== undefined && tag !== 'latest')),
    );
}

function hostOf(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(0, slash);
}
