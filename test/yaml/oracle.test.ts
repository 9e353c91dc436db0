import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { isObject } from '../../src/kubernetes/field.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

/** With integers beyond 2^53 as the package has them, which reads floats; the order of merged keys is nobody's concern. */
const show = (value: unknown) =>
  JSON.stringify(value, (_, item) => {
    if (typeof item === 'bigint') return Number(item);
    return isObject(item) ? Object.fromEntries(Object.entries(item).sort()) : item;
  });

/** Templates are no YAML; what looks like it has maps as keys, which JSON cannot say. */
const isTemplate = (file: string) => readFileSync(file, 'utf8').includes('{{');

/** What the package reads in another way than the API server's parser does: `0o17`, dates, `1:30`. */
const otherwise = /(numbers|yaml-surprises)\/[^/]*$/;

const files = [
  ...readdirSync('__fixtures__', { recursive: true, encoding: 'utf8' }).map((file) =>
    join('__fixtures__', file),
  ),
  ...['action.yml', '.plimsoll.yaml', '.github/workflows/ci.yml', '.github/workflows/plimsoll.yml'],
].filter((file) => /\.(ya?ml|json)$/.test(file) && !otherwise.test(file) && !isTemplate(file));

test('values are those of the yaml package, on every file', () => {
  expect(files.length).toBeGreaterThan(100);
  let compared = 0;
  const differing = files.filter((file) => {
    const source = readFileSync(file, 'utf8');
    const { documents, problems } = parseYaml(source);
    const syntax = problems.some(({ kind }) => kind === 'syntax');
    const oracle = [...parseAllDocuments(source, { version: '1.1', merge: true, uniqueKeys: false })];
    // What does not parse has no value; both have to say so.
    if (syntax || oracle.some(({ errors }) => errors.length > 0))
      return !syntax || oracle.every(({ errors }) => errors.length === 0);
    compared += documents.length;
    const expected = oracle.map((one) => one.toJS()).filter((value) => value !== null);
    return show(documents.map(({ value }) => value)) !== show(expected);
  });
  expect(differing).toEqual([]);
  expect(compared).toBeGreaterThan(200);
});
