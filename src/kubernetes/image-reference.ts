/** The parts of an image reference, as they are written: nothing is filled in. */
export interface ImageReference {
  /** Host, and port if there is one; undefined when the reference leaves the registry to the runtime. */
  readonly registry: string | undefined;
  /** Path below the registry. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** Such as `sha256:…`. */
  readonly digest: string | undefined;
}

/**
 * Reads an image reference by the grammar of github.com/distribution/reference; undefined when it breaks it, as
 * an upper-case repository does.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > maxName + maxTag + maxDigest) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const registry = isRegistry(first) ? first : undefined;
  const repository = registry === undefined ? name : name.slice(slash + 1);
  if (
    name.length > maxName ||
    !repositoryPattern.test(repository) ||
    (registry !== undefined && !registryPattern.test(registry)) ||
    (tag !== undefined && !tagPattern.test(tag)) ||
    (digest !== undefined && !digestPattern.test(digest))
  )
    return undefined;
  return { registry, repository, tag, digest };
}

/** Registry and repository, with what Docker Hub lets a reference leave out: `docker.io/library/nginx` for `nginx`. */
export function fullName({ registry, repository }: ImageReference): string {
  const host = registry?.toLowerCase() ?? 'docker.io';
  if (!dockerHub.has(host)) return `${host}/${repository}`;
  return repository.includes('/') ? `docker.io/${repository}` : `docker.io/library/${repository}`;
}

const dockerHub: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** Whether a name is `path` or lies below it: `docker.io/team/app` is within `docker.io/team`, `docker.io/teams` is not. */
export function isWithin(name: string, path: string): boolean {
  return name.startsWith(path) && (name.length === path.length || name[path.length] === '/');
}

/** Characters of registry and repository together, of a tag with its colon, and more than any digest has. */
const maxName = 255;
const maxTag = 129;
const maxDigest = 512;

/** What tells a registry from the first part of a repository on Docker Hub. */
function isRegistry(first: string): boolean {
  return first === 'localhost' || /[.:[A-Z]/.test(first);
}

const registryPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const repositoryPattern =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
