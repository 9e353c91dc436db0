import { describe, expect, test } from '@jest/globals';
import { isFixedRevision, isLocalHost, parseRemoteSource } from '../../src/kubernetes/remote-source.ts';

describe('a remote source is', () => {
  test.each([
    ['https://github.com/a/b//c?ref=v1', 'git', 'github.com', 'v1'],
    ['https://github.com/a/b', 'git', 'github.com', undefined],
    ['git@github.com:a/b.git?ref=main', 'git', 'github.com', 'main'],
    ['ssh://git@git.example.com:22/a/b', 'git', 'git.example.com', undefined],
    ['git::https://example.com/a.yaml', 'git', 'example.com', undefined],
    ['github.com/a/b?ref=x', 'git', 'github.com', 'x'],
    ['https://raw.githubusercontent.com/a/b/main/c.yaml', 'file', 'raw.githubusercontent.com', 'main'],
    [
      'https://raw.githubusercontent.com/a/b/refs/heads/main/c.yaml',
      'file',
      'raw.githubusercontent.com',
      'main',
    ],
    [
      'https://raw.githubusercontent.com/a/b/main/v1.2.3/c.yaml',
      'file',
      'raw.githubusercontent.com',
      'v1.2.3',
    ],
    ['https://github.com/a/b/releases/download/v1.0.0/c.yaml', 'file', 'github.com', 'v1.0.0'],
    ['https://github.com/a/b/releases/latest/download/c.yaml', 'file', 'github.com', 'latest'],
    ['https://gitlab.com/a/b/-/raw/main/c.yaml', 'file', 'gitlab.com', 'main'],
    ['https://example.com/c.yaml', 'file', 'example.com', undefined],
  ])('%s', (text, type, host, revision) => {
    expect(parseRemoteSource(text)).toMatchObject({ type, host, revision });
  });

  test.each(['../base', 'deploy/app.yaml', './a', 'file:///a', 'apiVersion: v1\nkind: Pod', '', 'a@b'])(
    'not %j',
    (text) => {
      expect(parseRemoteSource(text)).toBeUndefined();
    },
  );
});

test.each([
  ['v1.2.3', true],
  ['kustomize/v5.4.2', true],
  ['v1.2', true],
  ['release-1.2.3', true],
  ['2f1d3b8c9e0a4b5c6d7e8f90112233445566778a', true],
  ['nightly-20260101', true],
  ['main', false],
  ['release-1.2', false],
  ['feature/x', false],
  ['HEAD', false],
  ['', false],
])('%j names the same for ever: %s', (revision, expected) => {
  expect(isFixedRevision(revision)).toBe(expected);
});

test.each([
  ['charts.example.com', false],
  ['minio.storage.svc.cluster.local', true],
  ['minio.storage.svc', true],
  ['chartmuseum', true],
  ['10.0.0.1', true],
  ['203.0.113.1', false],
])('%s is local: %s', (host, expected) => {
  expect(isLocalHost(host)).toBe(expected);
});
