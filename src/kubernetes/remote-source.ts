import type { Field } from './field.ts';
import { listedSources } from './kustomization.ts';

/** Something that is fetched from elsewhere while a kustomization is built. */
export interface RemoteSource {
  readonly type: 'git' | 'file';
  readonly host: string;
  /** Whether it is fetched without TLS or SSH. */
  readonly isPlain: boolean;
  /** The commit, tag or branch that is named; undefined when none is. */
  readonly revision: string | undefined;
}

/**
 * Reads a URL as kustomize does (api/internal/git/repospec.go and its loader of files); undefined when it is a path of the
 * repository.
 */
export function parseRemoteSource(text: string): RemoteSource | undefined {
  if (text.length > 2000 || /[\s{}]/.test(text)) return undefined;
  const forced = text.startsWith('git::');
  const url = forced ? text.slice('git::'.length) : text;
  const [, scheme, host] =
    /^(?:([a-z][a-z0-9+]*):\/\/)(?:[^/@]*@)?([^/:?]+)/i.exec(url) ??
    /^(?:([\w.-]+)@)([\w.-]+):/.exec(url) ??
    (/^(?:github\.com|gitlab\.com|bitbucket\.org)[/:]/i.test(url)
      ? [url, 'https', url.split(/[/:]/, 1)[0]]
      : []);
  if (scheme === undefined || host === undefined || scheme === 'file') return undefined;
  const [path = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  const isHttp = /^https?$/i.test(scheme);
  const isFile = isHttp && !forced && !/[?&](?:ref|version)=/.test(url) && isFileUrl(path);
  return {
    type: isFile ? 'file' : 'git',
    host,
    isPlain: /^(?:http|git|ftp)$/i.test(scheme),
    revision: isFile ? revisionIn(path) : (parameters.get('ref') ?? parameters.get('version') ?? undefined),
  };
}

function isFileUrl(path: string): boolean {
  return /\.(?:ya?ml|json)$|\/\/raw\.githubusercontent\.com\/|\/releases\/(?:latest\/)?download\//.test(path);
}

/** The segment of a file's URL that says which version of it is meant. */
function revisionIn(path: string): string | undefined {
  const [, raw] =
    /\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/(?:heads|tags)\/)?([^/]+)\//.exec(path) ??
    /\/(?:-\/)?(?:raw|blob)\/(?:branch\/|tag\/|commit\/|refs\/(?:heads|tags)\/)?([^/]+)\//.exec(path) ??
    /\/releases\/download\/([^/]+)\//.exec(path) ??
    [];
  const segments = path.split('/').slice(3);
  // Many projects keep a directory for each version on their main branch.
  const fixed = segments.find((segment) => isFixedRevision(segment));
  return fixed ?? raw ?? segments.find((segment) => isMoving(segment));
}

/** Whether a revision names the same content for ever: a commit, or the tag of a version or a date. */
export function isFixedRevision(revision: string): boolean {
  const name = revision.replace(/^refs\/tags\//, '');
  return (
    /^[0-9a-f]{7,64}$/.test(name) ||
    /(?:^|[^\d.])\d+\.\d+\.\d+/.test(name) ||
    /^v?\d+(?:\.\d+)*$/.test(name) ||
    /\d{8}|\d{4}-\d\d-\d\d/.test(name)
  );
}

/** Whether a name is known for what moves. */
export function isMoving(revision: string): boolean {
  return /^(?:refs\/heads\/.*|main|master|head|trunk|develop|devel|dev|latest|stable|nightly|edge|release-\d+(?:\.\d+)?|.*[.-]x)$/i.test(
    revision,
  );
}

/** Whether a host is one that only the cluster or the machine itself reaches. */
export function isLocalHost(host: string): boolean {
  return (
    !host.includes('.') ||
    /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:svc|local|localhost|internal|lan)$|\.svc\./i.test(
      host,
    )
  );
}

/** Host of a URL; undefined when it is none. */
export function hostOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)/i.exec(url)?.[1];
}

/** What a kustomization fetches from elsewhere, and where it says so. */
export function remotesOf(kustomization: Field): { readonly place: Field; readonly source: RemoteSource }[] {
  const places = [...listedSources(kustomization), kustomization.at('openapi', 'path')];
  return places.flatMap((place) => {
    const source = parseRemoteSource(place.string ?? '');
    return source === undefined ? [] : [{ place, source }];
  });
}
