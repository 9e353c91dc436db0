import { describe, expect, test } from '@jest/globals';
import { findSecrets } from '../../src/kubernetes/secret-text.ts';

/** The text with stars where secrets are. */
function masked(text: string): string {
  return findSecrets(text).reduce(
    (rest, { start, end }) =>
      rest.slice(0, start) + rest.slice(start, end).replace(/\S/g, '*') + rest.slice(end),
    text,
  );
}

describe('secrets are hidden in', () => {
  test.each([
    ['password: hunter2', 'password: *******'],
    ['"db-password" : "hunter2", "port": 1', '"db-password" : "*******", "port": 1'],
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=*******'],
    ["adminPassword: 'hunter 2' # ours", "adminPassword: '****** *' # ours"],
    ['- name: DB_PASSWORD\n  value: hunter2', '- name: DB_PASSWORD\n  value: *******'],
    ['{name: API_TOKEN, value: hunter2}', '{name: API_TOKEN, value: *******}'],
    ['<password>hunter2</password>', '<password>*******</password>'],
    ['url: postgres://shop:hunter2@db/shop', 'url: postgres://shop:*******@db/shop'],
    ["patch: 'password: hunter2'", "patch: 'password: ********"],
    ['password: |\n  hunter2\n  and 3\nport: 1', 'password: |\n  *******\n  *** *\nport: 1'],
    [
      'a: |\n  -----BEGIN PRIVATE KEY-----\n  MIIB\n broken\n  -----END PRIVATE KEY-----',
      'a: |\n  -----BEGIN PRIVATE KEY-----\n  ****\n ******\n  -----END PRIVATE KEY-----',
    ],
    [
      'kind: Secret\ndata:\n  a: aHVudGVyMg==\n  b: |\n    more\nport: 1',
      'kind: Secret\ndata:\n  a: ************\n  b: *\n    ****\nport: 1',
    ],
    ['kind: Secret\nstringData: {a: hunter2, b: "x"}', 'kind: Secret\nstringData: {a: *******, b: ***}'],
    [
      '{"kind": "Secret", "data": {"a": "aHVudGVyMg=="}}',
      '{"kind": "Secret", "data": {"a": **************}}',
    ],
    [
      'secretGenerator:\n- literals:\n  - a=hunter2\nport: 1',
      'secretGenerator:\n- literals:\n  - a=*******\nport: 1',
    ],
  ])('%j', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });
});

describe('nothing is hidden in', () => {
  test.each([
    'password: ""',
    'passwordSecretRef: db',
    'password: ${DB_PASSWORD}',
    'password: {{ .Values.password }}',
    'token: true',
    'passwordLength: 16',
    'image: registry.example.com/app:1.2.3',
    'url: https://example.com:8080/a@b',
    'kind: ConfigMap\ndata:\n  a: b',
    'kind: SealedSecret\ndata:\n  a: b',
  ])('%j', (text) => {
    expect(masked(text)).toBe(text);
  });
});

test('huge texts are read', () => {
  for (const piece of ['password: |\n ', 'data: {', '-----BEGIN PRIVATE KEY-----\n', 'a:', ' ', 'name: a\n'])
    expect(
      findSecrets(`kind: Secret\n${piece.repeat(200_000 / piece.length)}`).length,
    ).toBeGreaterThanOrEqual(0);
});
