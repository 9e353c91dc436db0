import { isTestDirectory } from '../kubernetes/test-directory.ts';
import { directoryOf } from './path.ts';

/**
 * Whether a file only tests or shows something, by its path: values that a chart is tested with, and what lies in
 * directories of tests or of documentation.
 */
export function isTestPath(path: string): boolean {
  const directory = directoryOf(path);
  return (
    /(?:^|\/)ci\/[^/]*values\.ya?ml$/.test(path) ||
    /(?:^|\/)(?:docs?|documentation)(?:\/|$)/.test(directory) ||
    isTestDirectory(directory)
  );
}

/** Whether a file is for the cluster of a developer alone, by its path. */
export function isDevelopmentPath(path: string): boolean {
  return /(?:^|\/)(?:dev|devel|development|local|sandbox)\//.test(path);
}
