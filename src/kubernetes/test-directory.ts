/** Directories of what tests apply a file at a time, or only compare with: those of chainsaw, kuttl, Go and jest. */
const tests =
  /(?:^|\/)(?:\.?chainsaw(?:-tests?)?|kuttl(?:-tests?)?|e2e(?:-tests?)?|tests|_?testdata|test-data|__tests__|__fixtures__|fixtures|conformance|goldens?)(?:\/|$)/;

/** Whether a path leads into a directory of tests. One that is called `test` alone may be an environment. */
export function isTestDirectory(path: string): boolean {
  return tests.test(path);
}

/**
 * Whether a target is for tests alone: it is in a directory of tests, or its chart is rendered with values of such a
 * directory or of chart-testing's `ci/`.
 */
export function isTestTarget(target: {
  readonly name: string;
  readonly values?: readonly { readonly file?: string }[];
}): boolean {
  const values = target.values ?? [];
  return isTestDirectory(target.name) || values.some(({ file }) => file !== undefined && isTestValues(file));
}

/** The file is known to hold values, so in `ci/` it may have any name. */
function isTestValues(file: string): boolean {
  return /(?:^|\/)ci\/[^/]+\.ya?ml$/.test(file) || isTestDirectory(file);
}

/** Whether a target is plain manifests in a directory of tests: steps or cases, which are not applied together. */
export function isTestData(target: { readonly kind: string; readonly name: string }): boolean {
  return target.kind === 'manifests' && isTestDirectory(target.name);
}
