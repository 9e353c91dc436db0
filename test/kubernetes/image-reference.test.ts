import { describe, expect, test } from '@jest/globals';
import { fullName, isWithin, parseImageReference } from '../../src/kubernetes/image-reference.ts';

const hex = '0123456789abcdef'.repeat(4);
const digest = `sha256:${hex}`;

describe('parseImageReference', () => {
  test.each([
    // text, registry, repository, tag, digest
    ['nginx', undefined, 'nginx', undefined, undefined],
    ['nginx:1.29', undefined, 'nginx', '1.29', undefined],
    ['library/nginx', undefined, 'library/nginx', undefined, undefined],
    ['docker.io/library/nginx:1', 'docker.io', 'library/nginx', '1', undefined],
    ['localhost/x', 'localhost', 'x', undefined, undefined],
    ['localhost:5000/x', 'localhost:5000', 'x', undefined, undefined],
    ['localhost:5000/a/b:v1', 'localhost:5000', 'a/b', 'v1', undefined],
    ['shop:443/x', 'shop:443', 'x', undefined, undefined],
    ['Registry/x', 'Registry', 'x', undefined, undefined],
    ['[2001:db8::1]:5000/x:v1', '[2001:db8::1]:5000', 'x', 'v1', undefined],
    [`nginx@${digest}`, undefined, 'nginx', undefined, digest],
    [`ghcr.io/a/b:v1@${digest}`, 'ghcr.io', 'a/b', 'v1', digest],
    ['a__b/c.d/e--f', undefined, 'a__b/c.d/e--f', undefined, undefined],
    [`a:${'t'.repeat(128)}`, undefined, 'a', 't'.repeat(128), undefined],
  ])('reads %s', (text, registry, repository, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest });
  });

  test.each([
    '',
    ' ',
    'Nginx',
    'shop/Web',
    'a//b',
    '/a',
    'a/',
    'a:',
    'a:-v1',
    `a:${'t'.repeat(129)}`,
    'a@',
    'a@sha256:1234',
    'a___b',
    'a..b',
    '-a',
    'exa_mple.com:x/y',
    'example.com:port/y',
    'https://example.com/a',
    '$(REGISTRY)/a',
    'a'.repeat(256),
    'a'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['team/web:v1', 'docker.io/team/web'],
  ['index.docker.io/team/web', 'docker.io/team/web'],
  ['registry-1.docker.io/team/web', 'docker.io/team/web'],
  ['GHCR.io/team/web', 'ghcr.io/team/web'],
  ['localhost:5000/web', 'localhost:5000/web'],
])('the full name of %s is %s', (text, expected) => {
  const reference = parseImageReference(text);
  expect(reference && fullName(reference)).toBe(expected);
});

test.each([
  ['ghcr.io/team/web', 'ghcr.io', true],
  ['ghcr.io/team/web', 'ghcr.io/team', true],
  ['ghcr.io/team', 'ghcr.io/team', true],
  ['ghcr.io/teams/web', 'ghcr.io/team', false],
  ['ghcr.io.example.com/team/web', 'ghcr.io', false],
])('%s is within %s: %s', (name, path, expected) => {
  expect(isWithin(name, path)).toBe(expected);
});
