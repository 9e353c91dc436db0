import { describe, expect, test } from '@jest/globals';
import { isExposed } from '../../src/kubernetes/secret-value.ts';

/** A variable as envsubst has it. */
const variable = (name: string) => `$\{${name}}`;

describe('exposed is', () => {
  test.each([
    ['password', 'correct horse battery staple'],
    ['password', 'hunter2'],
    ['password', '$tr0ng'],
    ['password', 'admin'],
    ['token', 'my-secret-token'],
    ['config.yaml', `a: ${variable('B')}\npassword: battery staple`],
    ['config.xml', '<config><password>battery staple</password></config>'],
    ['host', 'postgres://shop:battery-staple@db.example.com/shop'],
    ['url', 'https://shop:battery-staple@git.example.com/shop.git'],
    ['webhook-url', 'https://hooks.example.com/T0/B0/x'],
    ['tls.key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'],
    ['bundle.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN RSA PRIVATE KEY-----\nMIIB'],
    ['auth', 'admin:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC'],
    ['long', variable('A'.repeat(2000))],
  ])('%s: %j', (key, value) => {
    expect(isExposed(key, value, false)).toBe(true);
    expect(isExposed(key, btoa(value), true)).toBe(true);
  });
});

describe('not exposed is', () => {
  test.each([
    ['password', ''],
    ['password', ' \n'],
    ['password', 'ENC[AES256_GCM,data:c2hvcA==,iv:c2hvcA==,tag:c2hvcA==,type:str]'],
    ['password', '-----BEGIN PGP MESSAGE-----\n\nhQ'],
    ['password', 'age-encryption.org/v1\n-> X25519'],
    ['password', 'vault:v1:c2hvcA=='],
    ['password', 'changeme'],
    ['password', 'CHANGE_ME'],
    ['password', 'replace-me!'],
    ['password', 'your-password'],
    ['password', '<password>'],
    ['password', 'xxxx'],
    ['password', '****'],
    ['password', 'put-your-token-here'],
    ['password', 'MY_DB_PASSWORD'],
    ['password', variable('PASSWORD')],
    ['password', variable('PASSWORD:=none')],
    ['password', '$PASSWORD'],
    ['password', '$(PASSWORD)'],
    ['password', '{{ .Values.password | b64enc }}'],
    ['password', '<% password %>'],
    ['password', '%PASSWORD%'],
    ['password', '@password@'],
    ['password', '#{password}#'],
    ['dsn', `postgres://shop:${variable('PASSWORD')}@db/shop`],
    ['dsn', 'postgres://shop:<password>@db/shop'],
    ['password', 'ref+awssecrets://shop'],
    ['password', 'vault:secret/data/shop#password'],
    ['password', 'op://vault/item/field'],
    ['password', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x'],
    ['password', 'projects/p/secrets/s/versions/1'],
    ['POSTGRES_USER', 'shop'],
    ['dbHost', 'db.example.com'],
    ['url', 'https://git.example.com/shop.git'],
    ['insecure', 'true'],
    ['ca.crt', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['identity.pub', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 shop'],
    ['known_hosts', 'git.example.com ecdsa-sha2-nistp256 AAAAE2Vj'],
  ])('%s: %j', (key, value) => {
    expect(isExposed(key, value, false)).toBe(false);
    expect(isExposed(key, btoa(value), true)).toBe(false);
  });

  test('a token under data that nobody encoded', () => {
    expect(isExposed('password', variable('PASSWORD'), true)).toBe(false);
    expect(isExposed('password', 'changeme', true)).toBe(false);
  });
});

test('a huge value is no placeholder', () => {
  expect(isExposed('password', '{{'.repeat(5_000_000), false)).toBe(true);
  expect(isExposed('password', '<'.repeat(1000), false)).toBe(true);
  expect(isExposed('host', `://${':'.repeat(5_000_000)}`, false)).toBe(false);
});
