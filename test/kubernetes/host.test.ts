import { expect, test } from '@jest/globals';
import { coversHost, hostsIntersect, isExampleHost, isLocalHost } from '../../src/kubernetes/host.ts';

test.each<[string, string, boolean, boolean]>([
  // Pattern, host, of certificates, of the Gateway API.
  ['a.example.com', 'A.example.com', true, true],
  ['*.example.com', 'a.example.com', true, true],
  ['*.example.com', 'a.b.example.com', false, true],
  ['*.example.com', 'example.com', false, false],
  ['*.b.example.com', '*.example.com', false, true],
  ['*.example.com', '*.example.com', true, true],
  ['a.example.com', 'b.example.com', false, false],
])('%s and %s', (pattern, host, covers, intersect) => {
  expect(coversHost(pattern, host)).toBe(covers);
  expect(hostsIntersect(pattern, host)).toBe(intersect);
});

test.each<[string, boolean, boolean]>([
  ['web.local', true, true],
  ['web.shop.svc', true, true],
  ['shop.example.com', false, true],
  ['localhost.acme.com', false, false],
  ['example.com.acme.com', false, false],
])('%s', (host, local, example) => {
  expect(isLocalHost(host)).toBe(local);
  expect(isExampleHost(host)).toBe(example);
});
