import { describe, expect, test } from '@jest/globals';
import { base62, crc32, isBech32 } from '../../src/kubernetes/checksum.ts';
import { credentialIn, findCredentials } from '../../src/kubernetes/secret-patterns.ts';
import { randomText } from '../random-text.ts';

const digits = '0123456789';
const hex = '0123456789abcdef';
const bech32 = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';
const url64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const withChecksum = (prefix: string) => {
  const body = randomText(prefix, 30);
  return prefix + body + base62(crc32(body), 6);
};
const keyId = `AKIA${randomText('id', 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;
const pem = (type: string, body: string) => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----`;
const keyBody = `${randomText('line 1', 64)}\n${randomText('line 2', 40)}==`;

/** The last six digits of a Bech32 text are its checksum; here they are found one by one, as a polynomial is linear. */
function ageKey(): string {
  const start = `AGE-SECRET-KEY-1${randomText('age', 52, bech32)}`;
  const words = (index: number, digit: string) =>
    Array.from('QQQQQQ', (zero, at) => (at === index ? digit : zero)).join('');
  const syndrome = (end: string) => polymod(`${start}${end}`);
  const wanted = syndrome('QQQQQQ') ^ 1;
  let end = '';
  for (let index = 0; index < 6; index++) {
    const digit = (wanted >> (5 * (5 - index))) & 31;
    end += bech32[digit];
    expect(words(index, bech32[digit] ?? '')).toHaveLength(6);
  }
  return start + end;
}

function polymod(text: string): number {
  const one = text.lastIndexOf('1');
  const prefix = Array.from(text.slice(0, one).toLowerCase(), (letter) => letter.charCodeAt(0));
  const values = [
    ...prefix.map((code) => code >> 5),
    0,
    ...prefix.map((code) => code & 31),
    ...Array.from(text.slice(one + 1), (digit) => bech32.indexOf(digit)),
  ];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >> bit) & 1) sum ^= generator;
  }
  return sum;
}

const azure = `${randomText('azure', 86)}==`;
const registry = Buffer.from('deployer:correct horse').toString('base64');

const credentials: readonly (readonly [what: string, text: string, secret?: string])[] = [
  ['a private key', pem('RSA PRIVATE KEY', keyBody)],
  ['a private key', pem('OPENSSH PRIVATE KEY', keyBody).replaceAll('\n', '\\n')],
  ['a private key', pem('EC PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\n\n${keyBody}`)],
  ['a private key', pem('PGP PRIVATE KEY BLOCK', `Version: 1\n\n${keyBody}\n=ab1D`)],
  ['a private key', Buffer.from(pem('PRIVATE KEY', keyBody)).toString('base64')],
  ['an age secret key', ageKey()],
  ['a GitHub token', withChecksum('ghp_')],
  ['a GitHub token', withChecksum('ghs_')],
  ['a GitHub token', `github_pat_${randomText('a', 22)}_${randomText('b', 59)}`],
  ['an npm token', withChecksum('npm_')],
  ['a GitLab token', `glpat-${randomText('gitlab', 20)}`],
  ['an AWS secret access key', `aws_secret_access_key = ${randomText('aws', 40)}`, randomText('aws', 40)],
  ['an AWS secret access key', `"SecretAccessKey": "${randomText('aws', 40)}"`, randomText('aws', 40)],
  ['an AWS secret access key', `${keyId}\n${randomText('aws', 40)}`, randomText('aws', 40)],
  ['a Google API key', `AIza${randomText('google', 35)}`],
  ['a Google OAuth client secret', `GOCSPX-${randomText('oauth', 28)}`],
  ['an Azure storage key', `AccountName=shop;AccountKey=${azure}`, azure],
  ['a Microsoft Entra client secret', `${randomText('e', 3)}8Q~${randomText('entra', 34)}`],
  [
    'a Slack token',
    `xoxb-${randomText('s', 12, digits)}-${randomText('t', 12, digits)}-${randomText('u', 24)}`,
  ],
  [
    'a Slack webhook',
    `https://hooks.slack.com/services/T0${randomText('t', 8, 'ABC123')}/B0AB12CD3/${randomText('w', 24)}`,
    randomText('w', 24),
  ],
  ['a Telegram bot token', `${randomText('t', 10, '23456789')}:AA${randomText('bot', 33)}`],
  ['a Stripe key', `sk_live_${randomText('stripe', 24)}`],
  ['a PyPI token', `pypi-AgEIcHlwaS5vcmc${randomText('pypi', 80)}`],
  ['a Docker Hub token', `dckr_pat_${randomText('docker', 27)}`],
  ['a SendGrid key', `SG.${randomText('x', 22)}.${randomText('y', 43)}`],
  ['a DigitalOcean token', `dop_v1_${randomText('do', 64, hex)}`],
  ['a Vault token', `hvs.${randomText('vault', 95)}`],
  ['a Hugging Face token', `hf_${randomText('hf', 34, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP')}`],
  ['a Databricks token', `dapi${randomText('dapi', 32, hex)}`],
  [
    'a JSON web token',
    `${url64({ alg: 'RS256' })}.${url64({ iss: 'shop', exp: 1 })}.${randomText('jwt', 43)}`,
  ],
  ['a registry password', `{"auths":{"r.example.com":{"auth":"${registry}"}}}`, registry],
];

describe('a credential is', () => {
  test.each(credentials)('%s (%#)', (what, text, secret = text) => {
    const around = `before: "${text}" after`;
    const found = findCredentials(around);
    expect(found.map((each) => each.what)).toEqual([what]);
    expect(found.map(({ start, end }) => around.slice(start, end))).toEqual([secret]);
  });

  test('the age key is valid', () => {
    expect(isBech32(ageKey())).toBe(true);
  });
});

describe('no credential is', () => {
  test.each([
    ['a wrong checksum', `ghp_${randomText('ghp', 36)}`],
    ['another wrong checksum', `npm_${randomText('npm', 36)}`],
    ['an age key with a slip', `${ageKey().slice(0, -1)}${ageKey().endsWith('Q') ? 'P' : 'Q'}`],
    ['a key id alone', keyId],
    ['the example of AWS', 'AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a commit after a key id', `${keyId} ${randomText('commit', 40, hex)}`],
    ['a commit as a secret key', `secret_access_key: ${randomText('commit', 40, hex)}`],
    ['a test key of Stripe', `sk_test_${randomText('stripe', 24)}`],
    ['a row of x', `glpat-${'x'.repeat(20)}`],
    ['a public key', pem('PUBLIC KEY', keyBody)],
    ['a certificate', pem('CERTIFICATE', keyBody)],
    ['a key of dots', pem('PRIVATE KEY', '...')],
    [
      'a key that is to be filled in',
      pem('PRIVATE KEY', '<paste the whole key of the shop into this place, please>'),
    ],
    ['a header without a key', '-----BEGIN PRIVATE KEY-----'],
    ['a certificate in base64', Buffer.from(pem('CERTIFICATE', keyBody)).toString('base64')],
    ['a token without a signature', `${url64({ alg: 'none' })}.${url64({ sub: 'x' })}.`],
    [
      'a token that is not JSON',
      `eyJ${randomText('a', 20)}.eyJ${randomText('b', 40)}.${randomText('c', 43)}`,
    ],
    [
      'the example of jwt.io',
      `${url64({ alg: 'HS256' })}.${url64({ sub: '1234567890', name: 'John Doe' })}.${randomText('c', 43)}`,
    ],
    ['an auth that is no user and password', '{"auth": "PGJhc2U2ND4="}'],
    [
      'the key of the storage emulator',
      // In two pieces, so that no scanner takes it for one that counts.
      [
        'AccountKey=',
        'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
      ].join(''),
    ],
    ['an image digest', `registry.example.com/app@sha256:${randomText('digest', 64, hex)}`],
    ['what SOPS made', 'ENC[AES256_GCM,data:c2hvcA==,iv:c2hvcA==,tag:c2hvcA==,type:str]'],
    ['words', 'a secret_access_key, an AccountKey= and a ghp_ of nobody'],
  ])('%s', (_, text) => {
    expect(findCredentials(text)).toEqual([]);
  });
});

test('huge texts are read', () => {
  for (const piece of [
    '-----BEGIN PRIVATE KEY-----',
    'eyJ',
    '-eyJ',
    'AKIAAAAAAAAAAAAAAAAA ',
    'LS0tLS1CRUdJTi',
    '"auth":"',
  ])
    expect(findCredentials(piece.repeat(1_000_000 / piece.length))).toEqual([]);
});

test.each<[string, string, string | undefined]>([
  ['t', `glrt-${randomText('runner', 20)}`, 'a GitLab token'],
  [withChecksum('ghp_'), 'on', 'a GitHub token'],
  ['auth', btoa('robot:Wq8'), 'a registry password'],
  ['config', `{"auth":"${btoa('a:Wq8')}"}`, 'a registry password'],
  ['secret_access_key', randomText('aws', 40), 'an AWS secret access key'],
  ['other', randomText('aws', 40), undefined],
  ['author', btoa('robot:Wq8'), undefined],
])('the setting %s', (name, value, what) => {
  expect(credentialIn(name, value)).toBe(what);
});
