import { expect, test } from '@jest/globals';
import { checkFiles } from '../../fixtures.ts';

const url64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${url64({ alg: 'RS256' })}.${url64({ iss: 'shop' })}.${Buffer.from('no signature is made of this text').toString('base64url')}`;
const config = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${name}: ${value}}\n`;
const findings = async (files: Record<string, string>) =>
  (await checkFiles(files, { only: 'secrets/private-key-committed' })).findings;

test('a token in values that several objects get is one finding', async () => {
  const found = await findings({
    'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'values.yaml': `token: ${token}\n`,
    'templates/a.yaml': config('a', '{{ .Values.token }}'),
    'templates/b.yaml': config('b', '"{{ .Values.token }}"'),
  });
  expect(found.map(({ location }) => [location.file, location.line])).toEqual([['values.yaml', 1]]);
});

test('so is one in a kustomization', async () => {
  const found = await findings({
    'kustomization.yaml': `configMapGenerator:\n  - name: a\n    literals: [token=${token}]\n`,
  });
  expect(found.map(({ location }) => location.line)).toEqual([3]);
});

test('two tokens are two', async () => {
  const found = await findings({ 'a.yaml': `${config('a', token)}---\n${config('b', token)}` });
  expect(found.map(({ location }) => location.line)).toEqual([4, 9]);
});

test('the fingerprint does not depend on the token', async () => {
  const item = (text: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {list: [${text}]}\n`;
  const other = token.replace(url64({ iss: 'shop' }), url64({ iss: 'bank' }));
  const [[one], [two]] = [
    await findings({ 'a.yaml': item(token) }),
    await findings({ 'a.yaml': item(other) }),
  ];
  expect(one?.fingerprint).toBeDefined();
  expect(one?.fingerprint).toBe(two?.fingerprint);
});
