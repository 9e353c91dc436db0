import { describe, expect, test } from '@jest/globals';
import { isDevelopmentPath, isTestPath } from '../../src/discover/test-path.ts';

describe('a file only tests or shows something', () => {
  test.each([
    ['charts/shop/ci/tls-values.yaml', true],
    ['charts/shop/ci/values.yaml', true],
    ['ci/pipeline.yaml', false],
    ['docs/operator-manual/secret.yaml', true],
    ['apps/shop/doc/secret.yaml', true],
    ['apps/docs.yaml', false],
    ['apps/docsearch/secret.yaml', false],
    ['pkg/diff/testdata/secret.yaml', true],
    ['clusters/test/secret.yaml', false],
    ['secret.yaml', false],
  ])('%s: %s', (path, expected) => {
    expect(isTestPath(path)).toBe(expected);
  });
});

describe('a file is for development', () => {
  test.each([
    ['overlays/dev/secret.yaml', true],
    ['components/store/development/in-cluster/secret.yaml', true],
    ['local/secret.yaml', true],
    ['overlays/prod/secret.yaml', false],
    ['dev.yaml', false],
    ['devices/secret.yaml', false],
  ])('%s: %s', (path, expected) => {
    expect(isDevelopmentPath(path)).toBe(expected);
  });
});
