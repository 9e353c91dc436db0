import { describe, expect, test } from '@jest/globals';
import { exposureOf, hasPassword, isExposed, isNamedSecret } from '../../src/kubernetes/secret-value.ts';

/** A variable as envsubst has it. */
const variable = (name: string) => `$\{${name}}`;

describe('exposed is', () => {
  test.each([
    ['password', 'correct horse battery staple'],
    ['password', 'hunter2'],
    ['password', '$tr0ng'],
    ['password', 'admin'],
    ['token', 'mine-is-secret'],
    ['root-password', 'password'],
    ['config.yaml', `a: ${variable('B')}\npassword: battery staple`],
    ['config.xml', '<config><password>battery staple</password></config>'],
    ['host', 'postgres://shop:battery-staple@db.example.com/shop'],
    ['url', 'https://shop:battery-staple@git.example.com/shop.git'],
    ['webhook-url', 'https://hooks.example.com/T0/B0/x'],
    ['tls.key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'],
    ['bundle.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN RSA PRIVATE KEY-----\nMIIB'],
    ['auth', 'admin:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC'],
    ['long', variable('A'.repeat(2000))],
    ['config', '{"password": "battery staple"}'],
    ['app.properties', 'db.url=jdbc:x\ndb.password=battery-staple'],
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
    ['password', 'my-password'],
    ['secret_key', 'my_secret_key'],
    ['apiToken', 'YourServiceApiToken'],
    ['api-token', 'token'],
    ['CLIENT_SECRET', 'SECRET'],
    ['token', btoa('changeme')],
    ['webhook.secret', "shhhh! it's a secret"],
    ['endpoint', 'https://ACCESS_KEY_ID:ACCESS_SECRET_KEY@S3_HOST:S3_PORT/BUCKET_NAME'],
    ['sshPrivateKey', '-----BEGIN OPENSSH PRIVATE KEY-----\n...\n-----END OPENSSH PRIVATE KEY-----'],
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
    ['config', '{"tlsClientConfig":{"insecure":false}}'],
    ['broker.properties', 'metrics.jvmGc=true\nname=EXAMPLE'],
    ['keyStorePath', '/run/certificates/keystore.jks'],
    ['admin.passwordMtime', '2019-03-20T17:54:53Z'],
    ['mongodb-uri', 'mongodb://localhost:9216'],
    ['MYSQL_USER_NAME', 'root'],
    ['accessKey', 'AKIAIOSFODNN7EXAMPLE'],
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

test.each([
  ['password', 'hunter2', 'word'],
  ['cloud', '[default]\nsecret_access_key=battery-staple', 'word'],
  ['init.sql', "CREATE USER shop IDENTIFIED BY 'battery';", 'word'],
  ['htpasswd', 'a:$apr1$abcdefgh$abcdefghijklmnopqrstuv\nb:{SHA}abcdefghijklmnopqrstuvwxyz0=\n', 'hash'],
  ['admin.password', '$2a$10$abcdefghijklmnopqrstuv', 'hash'],
  ['signing', '38fe94dfx115cU4096L91ecQb6e16ce3a01f', 'random'],
  ['backup-BucketName', 'snapshots', 'text'],
  ['retention', '1d', 'text'],
])('%s: %j is exposed as a %s', (key, value, exposure) => {
  expect(exposureOf(key, value, false)).toBe(exposure);
  expect(exposureOf(key, btoa(value), true)).toBe(exposure);
});

test('a huge value is no placeholder', () => {
  expect(isExposed('password', '{{'.repeat(5_000_000), false)).toBe(true);
  expect(isExposed('password', '<'.repeat(1000), false)).toBe(true);
  expect(isExposed('host', `://${':'.repeat(5_000_000)}`, false)).toBe(false);
});

describe('a name and a value are a secret', () => {
  test.each([
    ['DB_PASSWORD', 'hunter2'],
    ['dbPassword', 'admin'],
    ['PGPASSWORD', 'x1'],
    ['REDIS_PASS', 'changeit'],
    ['API_TOKEN', 'k3VtQ9zLw7Xn2Rb8Yc5J'],
    ['clientSecret', '5e9326ee-ac8d-40bf-9060-e91dbe9d9000'],
    ['SECRET_KEY', '0ea17e5d5a0b1e6ab1d4e5ba4b0ff1d2'],
  ])('%s: %j', (name, value) => {
    expect(isNamedSecret(name, value)).toBe(true);
  });

  test.each([
    ['DB_PASSWORD', ''],
    ['DB_PASSWORD', variable('DB_PASSWORD')],
    ['DB_PASSWORD', '/run/secrets/db'],
    ['DB_PASSWORD', 'true'],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['DB_PASSWORD_KEY', 'password'],
    ['PASSWORD_LENGTH', '16'],
    ['ALLOW_EMPTY_PASSWORD', 'anything'],
    ['TLS_SECRET', 'shop-tls-secret-v2'],
    ['PULL_SECRET', 'registry-credentials-2024'],
    ['SESSION_TOKEN', 'session'],
    ['TOKEN_ISSUER', 'k3VtQ9zLw7Xn2Rb8Yc5J'],
    ['MAX_TOKENS', 'k3VtQ9zLw7Xn2Rb8Yc5J'],
    ['PUBLIC_KEY', 'k3VtQ9zLw7Xn2Rb8Yc5J'],
    ['COMMIT', '0ea17e5d5a0b1e6ab1d4e5ba4b0ff1d2'],
  ])('not %s: %j', (name, value) => {
    expect(isNamedSecret(name, value)).toBe(false);
  });
});

test.each([
  ['postgres://shop:hunter2@db/shop', true],
  ['Server=db;Password=hunter2;', true],
  ['postgres://shop@db/shop', false],
  ['postgres://shop:$(PASSWORD)@db/shop', false],
  ['https://example.com:8080/a@b', false],
  ['Server=db;Integrated Security=true;', false],
])('%j holds a password: %s', (value, expected) => {
  expect(hasPassword(value)).toBe(expected);
});
