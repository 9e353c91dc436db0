import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const directory = 'src/kubernetes/data';

test.each(readdirSync(directory))('%s says where it is from, of when, and how it is refreshed', (name) => {
  const { source, date, refresh } = JSON.parse(readFileSync(`${directory}/${name}`, 'utf8'));
  expect(source).toMatch(/\w{3}/);
  expect(date).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
  expect(refresh).toMatch(/\w{3}.*[.`)]$/s);
});
