import { expect, test } from '@jest/globals';
import { isPlaceholder } from '../../src/kubernetes/placeholder.ts';

test.each([
  '${NAME}',
  'web-$(NAME)',
  '$NAME',
  '{{ name }}',
  '<your name>',
  '%NAME%',
  '@NAME@',
  '__NAME__',
  '[[name]]',
  'CLUSTER_NAME',
  'node-HOSTNAME',
])('%j is filled in', (text) => expect(isPlaceholder(text)).toBe(true));

test.each(['', 'web', 'Web', 'web_app', 'API-server', 'a < b', '100%', 'me@example.com', 'svcEntry'])(
  '%j is not filled in',
  (text) => expect(isPlaceholder(text)).toBe(false),
);
