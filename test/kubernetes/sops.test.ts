import { expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { isSelected, readSelection, recipientsOf } from '../../src/kubernetes/sops.ts';

const select = (sops: object) => readSelection(new Field(sops));

test.each<[object, string[], boolean]>([
  [{}, ['data', 'a'], true],
  [{}, ['data', 'a_unencrypted'], false],
  [{ unencrypted_suffix: '_plain' }, ['a_plain', 'b'], false],
  [{ encrypted_suffix: '_enc' }, ['a'], false],
  [{ encrypted_suffix: '_enc' }, ['a_enc', 'b'], true],
  [{ encrypted_regex: '^(data|stringData)$' }, ['stringData', 'a'], true],
  [{ encrypted_regex: '^(data|stringData)$' }, ['metadata', 'name'], false],
  [{ encrypted_regex: '(?i)^DATA$' }, ['data', 'a'], true],
  [{ unencrypted_regex: '^kind$' }, ['kind'], false],
  [{ unencrypted_regex: '^kind$' }, ['data'], true],
])('with %j, %j is encrypted: %s', (sops, keys, expected) => {
  expect(isSelected(keys, select(sops))).toBe(expected);
});

test.each([
  { encrypted_regex: '(a+)+$' },
  { encrypted_regex: '(a|aa)*$' },
  { encrypted_regex: '[' },
  { unencrypted_comment_regex: 'x' },
])('%j cannot be followed', (sops) => {
  expect(select(sops).isKnown).toBe(false);
});

test('recipients are read in all forms', () => {
  const place = new Field({
    age: 'age1a, age1b',
    pgp: [{ fp: 'AB' }, { fp: 3 }],
    kms: [{ arn: 'arn:1' }],
    key_groups: [{ age: ['age1c'], pgp: ['CD'] }],
  });
  expect([...recipientsOf(place)].sort()).toEqual([
    'age:age1a',
    'age:age1b',
    'age:age1c',
    'kms:arn:1',
    'pgp:AB',
    'pgp:CD',
  ]);
});
