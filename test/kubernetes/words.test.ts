import { expect, test } from '@jest/globals';
import { Words } from '../../src/kubernetes/words.ts';

const texts = ['--secret=web-tls,web.tls', 'web-tls-old web-tlsx', 'x', 'db\n', 'Cache'];

// The first are searched for, the rest looked up.
test.each<[string, number]>([
  ['searched', 0],
  ['looked up', 30],
])('of texts, %s', (_, before) => {
  const words = new Words(texts);
  for (let at = 0; at < before; at++) words.has(`other-${at}`);
  const wanted = ['web-tls', 'web-tls-old', 'web-tlsx', 'web.tls', 'db', 'ache', 'secret', '--secret'];
  expect(wanted.filter((word) => words.has(word))).toEqual([
    'web-tls',
    'web-tls-old',
    'web-tlsx',
    'web.tls',
    'db',
    'ache',
    '--secret',
  ]);
  for (const word of ['web', 'tls', 'web-tl', 'eb-tls', 'x', 'Cache', 'db\n', ''])
    expect(words.has(word)).toBe(false);
});
