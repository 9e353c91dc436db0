// Cuts the operations that Plimsoll uses out of GitHub's OpenAPI description, for the tests to check requests against.
// The npm package @octokit/openapi has 420 MB, so it is installed aside and only the cut is committed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = '23.0.2';
const products = ['api.github.com', 'ghes-3.17'];
const operations = [
  'pulls/list-files',
  'repos/compare-commits-with-basehead',
  'issues/list-comments',
  'issues/create-comment',
  'issues/update-comment',
];
const examples = ['diff-entry-items', 'issue-comment', 'commit-comparison'];

const aside = mkdtempSync(join(tmpdir(), 'plimsoll-openapi-'));
try {
  execFileSync('npm', [
    'install',
    '--prefix',
    aside,
    '--no-save',
    '--ignore-scripts',
    `@octokit/openapi@${version}`,
  ]);
  const target = '__fixtures__/github/openapi';
  mkdirSync(target, { recursive: true });
  for (const product of products) {
    const file = join(aside, 'node_modules/@octokit/openapi/generated', `${product}.json`);
    const { info, paths, components } = JSON.parse(readFileSync(file, 'utf8'));
    const used = {};
    const parameters = {};
    for (const [path, methods] of Object.entries(paths))
      for (const [method, operation] of Object.entries(methods)) {
        if (!operations.includes(operation?.operationId)) continue;
        const { operationId, requestBody } = operation;
        used[path] = {
          ...used[path],
          [method]: { operationId, parameters: operation.parameters ?? [], requestBody },
        };
        for (const { $ref } of operation.parameters ?? [])
          if ($ref !== undefined) {
            const name = $ref.split('/').at(-1);
            parameters[name] = components.parameters[name];
          }
      }
    const cut = {
      source: `@octokit/openapi ${version} (MIT), ${product} ${info.version}`,
      paths: used,
      components: {
        parameters,
        examples: Object.fromEntries(examples.map((name) => [name, components.examples[name]])),
      },
    };
    writeFileSync(join(target, `${product}.json`), `${JSON.stringify(cut, null, 1)}\n`);
  }
} finally {
  rmSync(aside, { recursive: true, force: true });
}
