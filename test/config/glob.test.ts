import { describe, expect, test } from '@jest/globals';
import { objectMatcher, pathMatcher } from '../../src/config/glob.ts';

describe('pathMatcher', () => {
  test.each([
    ['apps/web.yaml', 'apps/web.yaml', true],
    ['apps/*.yaml', 'apps/web.yaml', true],
    ['apps/*.yaml', 'apps/prod/web.yaml', false],
    ['apps/**/*.yaml', 'apps/prod/eu/web.yaml', true],
    ['**/web.yaml', 'web.yaml', true],
    ['*.yaml', '.hidden.yaml', true],
    ['apps', 'apps/prod/web.yaml', true],
    ['apps/', 'apps/prod/.web.yaml', true],
    ['./apps', 'apps/web.yaml', true],
    ['/apps', 'apps/web.yaml', true],
    ['apps', 'apps-old/web.yaml', false],
    ['apps', 'other/apps/web.yaml', false],
    ['.', 'apps/web.yaml', true],
    ['/', 'apps/web.yaml', true],
    ['!apps/web.yaml', 'apps/other.yaml', false],
    ['{a,b}/*', 'b/x.yaml', true],
    ['[', '[', true],
    ['(((', 'apps/web.yaml', false],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(pathMatcher([glob])(path)).toBe(expected);
  });

  test('one glob of several is enough, none match nothing', () => {
    expect(pathMatcher(['a', 'b'])('b/x')).toBe(true);
    expect(pathMatcher([])('b/x')).toBe(false);
  });
});

describe('objectMatcher', () => {
  const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
  const unplaced = { kind: 'Deployment', name: 'web' };
  test.each([
    ['Deployment/web', web, true],
    ['Deployment/web', unplaced, true],
    ['Deployment/w*', web, true],
    ['*/web', web, true],
    ['DaemonSet/web', web, false],
    ['Deployment/shop/web', web, true],
    ['Deployment/other/web', web, false],
    ['Deployment/shop/web', unplaced, false],
    ['Deployment/*/web', unplaced, true],
  ])('%s and %j: %s', (glob, object, expected) => {
    expect(objectMatcher(glob)(object)).toBe(expected);
  });
});
