import picomatch from 'picomatch';

/**
 * A test for paths from the root of the repository. `*` stays within a part of the path, `**` does not, and both
 * match names that begin with a dot. A directory stands for all files below it.
 */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const matches = globs.flatMap((glob) => {
    const path = glob.replace(/^\.?\/+|^\.$/, '').replace(/\/+$/, '');
    return path === '' ? [matcher('**')] : [matcher(path), matcher(`${path}/**`)];
  });
  return (path) => matches.some((match) => match(path));
}

/**
 * A test for objects by `Kind/name`, or by `Kind/namespace/name` when the glob has three parts. A `*` for the
 * namespace also matches objects that name none.
 */
export function objectMatcher(
  glob: string,
): (object: { readonly kind: string; readonly namespace?: string; readonly name: string }) => boolean {
  const match = matcher(glob);
  const named = glob.split('/').length > 2;
  return ({ kind, namespace, name }) =>
    match(named ? `${kind}/${namespace ?? ''}/${name}` : `${kind}/${name}`);
}

/** A `!` at the start is no negation: that would turn a narrow waiver into a wide one. */
function matcher(glob: string): (text: string) => boolean {
  return picomatch(glob, { dot: true, nonegate: true });
}
