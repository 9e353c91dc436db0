import { expect, test } from '@jest/globals';
import { checkFiles } from '../../fixtures.ts';
import { randomText } from '../../random-text.ts';

const secret = (value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData: {password: '${value}'}\n`;
const random = randomText('password', 30);
const token = `glpat-${randomText('token', 20)}`;
const hash = '$2a$10$abcdefghijklmnopqrstuv';

/** A chart whose template has the password from its values. */
const chart = (values: Record<string, string>) => ({
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/templates/secret.yaml': secret('{{ .Values.password }}'),
  ...Object.fromEntries(
    Object.entries(values).map(([file, value]) => [`chart/${file}`, `password: ${value}\n`]),
  ),
});

test.each<[string, Record<string, string>, string[]]>([
  ['a word', { 'shop/secret.yaml': secret('guest') }, ['critical']],
  ['a word for development', { 'shop/dev/secret.yaml': secret('guest') }, ['medium']],
  ['a token for development', { 'shop/dev/secret.yaml': secret(token) }, ['critical']],
  ['a word in a test', { 'shop/testdata/secret.yaml': secret('guest') }, []],
  ['a hash', { 'shop/secret.yaml': secret(hash) }, []],
  ['a default of a chart', chart({ 'values.yaml': 'guest' }), ['medium']],
  ['a random default of a chart', chart({ 'values.yaml': random }), ['critical']],
  ['a word in a chart', { ...chart({}), 'chart/templates/secret.yaml': secret('guest') }, ['medium']],
  ['values of a test', chart({ 'values.yaml': '""', 'ci/some-values.yaml': 'guest' }), []],
])('%s', async (_, files, severities) => {
  const report = await checkFiles(files, {});
  const found = report.findings.filter(({ rule }) => rule === 'secrets/plaintext-secret');
  expect(found.map(({ severity }) => severity)).toEqual(severities);
});

test('a value of an env file is marked on its line, and suppressed where the file is named', async () => {
  const entry = '    envs: [a.env]\n';
  const files = {
    'kustomization.yaml': `secretGenerator:\n  - name: a\n${entry}`,
    'a.env': `# of the shop\nUSER=shop\npassword=${random}\n`,
  };
  const { findings } = await checkFiles(files, {});
  expect(findings.map(({ location: { file, line } }) => `${file}:${line}`)).toEqual(['a.env:3']);

  const comment = '    # plimsoll-ignore secrets/plaintext-secret: public\n';
  const kustomization = files['kustomization.yaml'].replace(entry, comment + entry);
  const ignored = await checkFiles({ ...files, 'kustomization.yaml': kustomization }, {});
  expect(ignored.findings).toMatchObject([{ suppressed: { reason: 'public' } }]);
});
