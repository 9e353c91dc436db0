import { isTestDirectory } from '../kubernetes/test-directory.ts';
import { directoryOf } from './path.ts';

/** Whether a file is for tests alone by its path: values that a chart is tested with, and what lies in directories of tests. */
export function isTestPath(path: string): boolean {
  return /(?:^|\/)ci\/[^/]*values\.ya?ml$/.test(path) || isTestDirectory(directoryOf(path));
}
