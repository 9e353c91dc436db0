import { expect, test } from '@jest/globals';
import { SlipIndex } from '../../src/kubernetes/slip.ts';

test.each<[string, string, boolean]>([
  ['web-databsae', 'web-database', true],
  ['web-databas', 'web-database', true],
  ['web-databases', 'web-database', true],
  ['webdatabase', 'web-database', true],
  ['letsencript', 'letsencrypt', true],
  // The same name, and names too far apart.
  ['web-database', 'web-database', false],
  ['web-datadata', 'web-database', false],
  ['web-abasedat', 'web-database', false],
  // Numbers and short parts tell things apart.
  ['database-1', 'database-2', false],
  ['database', 'database1', false],
  ['database-a', 'database-b', false],
  ['db-dev-x', 'db-dov-x', false],
  ['web', 'wep', false],
])('%s for %s: %s', (name, known, expected) => {
  expect(new SlipIndex([known]).find(name, () => true)).toBe(expected ? known : undefined);
});

test('the first that is known', () => {
  const index = new SlipIndex(['other', 'setting', 'settingsx', 'x'.repeat(299)]);
  expect(index.find('settings', () => true)).toBe('settingsx');
  expect(index.find('settings', (name) => name !== 'settingsx')).toBe('setting');
  expect(index.find('settings', () => false)).toBeUndefined();
  expect(index.find('x'.repeat(300), () => true)).toBeUndefined();
});

test('among many', () => {
  const many = Array.from({ length: 100 }, (_, at) => `application${'x'.repeat(at)}`);
  const index = new SlipIndex([...many, 'web-database']);
  expect(index.find('web-databsae', () => true)).toBe('web-database');
  expect(index.find('web-dat', () => true)).toBeUndefined();
});
