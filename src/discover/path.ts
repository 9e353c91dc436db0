/** The directory of a path with `/` separators; `.` for the root. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

/** The path of a file in a directory. */
export function fileIn(directory: string, name: string): string {
  return directory === '.' ? name : `${directory}/${name}`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `reference` as seen from a directory, normalised; undefined when it leads out of the tree or is absolute. */
export function resolveIn(directory: string, reference: string): string | undefined {
  if (reference.startsWith('/')) return undefined;
  const parts = directory === '.' ? [] : directory.split('/');
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
