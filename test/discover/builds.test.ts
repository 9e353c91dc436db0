import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { discoverBuilds } from '../../src/discover/builds.ts';
import { UserError } from '../../src/errors.ts';
import { memoryTree } from '../../src/files/memory.ts';

const chart = 'apiVersion: v2\nname: api\nversion: 1.0.0\n';

async function builds(files: Readonly<Record<string, string>>) {
  const tree = memoryTree(files);
  return discoverBuilds(tree, resolveSettings({}, await loadConfig(tree, { ruleIds: [] }), []));
}

/** The names of the targets. */
async function names(files: Readonly<Record<string, string>>): Promise<string[]> {
  return (await builds(files)).targets.map(({ name }) => name);
}

/** A tree of empty files, but for those with a text. */
const tree = (paths: readonly string[], texts: Readonly<Record<string, string>> = {}) => ({
  ...Object.fromEntries(paths.map((path) => [path, ''])),
  ...texts,
});

describe('charts', () => {
  test.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['a chart', { 'charts/api/Chart.yaml': chart }, ['charts/api']],
    ['a chart in the root', { 'Chart.yaml': chart }, ['.']],
    ['a library', { 'lib/Chart.yaml': `${chart}type: library\n` }, []],
    [
      'subcharts, not charts beside each other',
      { 'a/Chart.yaml': chart, 'a/charts/b/Chart.yaml': chart, 'a/charts/b/charts/c/Chart.yaml': chart },
      ['a'],
    ],
    [
      'a chart inside another, but not below its charts/',
      { 'a/Chart.yaml': chart, 'a/examples/b/Chart.yaml': chart },
      ['a', 'a/examples/b'],
    ],
    ['a chart that is a template itself', { '{{name}}/Chart.yaml': 'name: {{ .name }}\n' }, []],
    ['another kind of template', { 'skeleton/Chart.yaml': 'name: ${{ values.name }}\n' }, []],
    ['a Chart.yaml that is no YAML is the engine’s affair', { 'a/Chart.yaml': 'name: [' }, ['a']],
    ['a chart of a config that excludes it', { 'a/Chart.yaml': chart, '.plimsoll.yaml': 'exclude: [a]' }, []],
  ])('%s', async (_, files, expected) => {
    expect(await names(files)).toEqual(expected);
  });

  test('values sets by convention', async () => {
    const sets = [
      'ci/a-values.yaml',
      'environments/prod/values.yaml',
      'prod-values.yml',
      'values-dev.yaml',
      'values.prod.yaml',
      'values/eu.yaml',
    ];
    const others = [
      'ci/notes.yaml',
      'environments/values.yaml',
      'files/values-x.yaml',
      'templates/values-x.yaml',
      'values.schema.json',
      'values.yaml',
      'charts/db/values-prod.yaml',
    ];
    const files = tree(
      [...sets, ...others].map((name) => `api/${name}`),
      { 'api/Chart.yaml': chart },
    );
    expect(await names(files)).toEqual(['api', ...sets.map((name) => `api (${name})`)]);
    const without = { ...files, '.plimsoll.yaml': 'values-conventions: false' };
    expect(await names(without)).toEqual(['api']);
    const excluded = { ...files, '.plimsoll.yaml': 'exclude: [api/values, "**/*prod*"]' };
    expect(await names(excluded)).toEqual(['api', 'api (ci/a-values.yaml)', 'api (values-dev.yaml)']);
  });

  test('are made of all files below them, of local dependencies, and of their values', async () => {
    const { targets } = await builds(
      tree(
        [
          'api/templates/a.yaml',
          'api/charts/db-1.tgz',
          'api/charts/x/values.yaml',
          'api/.git/config',
          'api/.helmignore',
          'other/a.yaml',
          'env/prod.yaml',
          'lib/templates/_a.tpl',
          'lib/values.yaml',
        ],
        {
          'api/Chart.yaml': `${chart}dependencies: [{name: lib, repository: file://../lib}]\n`,
          'api/sub/Chart.yaml': chart,
          'lib/Chart.yaml': `${chart}type: library\n`,
          '.plimsoll.yaml': 'targets: [{path: api, values: [/env/prod.yaml]}]',
        },
      ),
    );
    expect(targets.map(({ name }) => name)).toEqual(['api (env/prod.yaml)', 'api/sub']);
    expect(targets[0]?.files).toEqual([
      'api/.helmignore',
      'api/Chart.yaml',
      'api/charts/db-1.tgz',
      'api/charts/x/values.yaml',
      'api/templates/a.yaml',
      'env/prod.yaml',
      'lib/Chart.yaml',
      'lib/templates/_a.tpl',
      'lib/values.yaml',
    ]);
  });

  test('local dependencies of the first version of charts, in a circle', async () => {
    const { targets } = await builds({
      'a/Chart.yaml': chart,
      'a/requirements.yaml': 'dependencies: [{name: b, repository: "file://../b"}]',
      'b/Chart.yaml': `${chart}dependencies: [{name: a, repository: "file://../a"}]`,
    });
    expect(targets.map(({ files }) => files)).toEqual([
      ['a/Chart.yaml', 'a/requirements.yaml', 'b/Chart.yaml'],
      ['a/Chart.yaml', 'a/requirements.yaml', 'b/Chart.yaml'],
    ]);
  });
});

describe('charts in the config', () => {
  const files = tree(['api/values-base.yaml', 'api/values-prod.yaml', 'api/values-dev.yaml', 'env/eu.yaml'], {
    'api/Chart.yaml': chart,
  });

  test('stand for the defaults; what they use is no set of its own', async () => {
    const { targets } = await builds({
      ...files,
      '.plimsoll.yaml': `targets:
  - path: api
    values: [values-base.yaml, values-prod.yaml, ../env/eu.yaml]
    set: { image.tag: "1.20", replicas: 3 }
    release: shop
    namespace: web
    environment: prod
    kubernetes-version: "1.33"
    api-versions: [a/v1]
  - path: ./api/
    set: ["hosts[0]=a"]
  - path: api
    set: ["hosts[0]=b"]
`,
    });
    expect(targets.map(({ name }) => name)).toEqual([
      'api (prod)',
      'api (set)',
      'api (set) #2',
      'api (values-dev.yaml)',
    ]);
    const from = (...path: (string | number)[]) => ({ file: '.plimsoll.yaml', path: ['targets', ...path] });
    expect(targets[0]).toMatchObject({
      release: 'shop',
      namespace: 'web',
      environment: 'prod',
      kubeVersion: '1.33',
      apiVersions: ['a/v1'],
      values: [
        { file: 'api/values-base.yaml' },
        { file: 'api/values-prod.yaml' },
        { file: 'env/eu.yaml' },
        { inline: '{"image":{"tag":"1.20"}}', from: from(0, 'set', 'image.tag') },
        { inline: '{"replicas":3}', from: from(0, 'set', 'replicas') },
      ],
    });
    expect(targets[1]).toMatchObject({ values: [{ set: 'hosts[0]=a', from: from(1, 'set', 0) }] });
  });

  test.each([
    [
      '{path: apo}',
      '.plimsoll.yaml:1:12',
      'There is neither a chart nor a kustomization in "apo". Did you mean "api"?',
    ],
    ['{path: ../api}', '.plimsoll.yaml:1:12', 'There is neither a chart nor a kustomization in "../api".'],
    [
      '{path: api, values: [values-base.yaml, prod.yaml]}',
      '.plimsoll.yaml:1:50',
      'There is no file "prod.yaml" in "api".',
    ],
    [
      '{path: api, values: [env/eu.yaml]}',
      '.plimsoll.yaml:1:32',
      'There is no file "env/eu.yaml" in "api". Did you mean "/env/eu.yaml"?',
    ],
    ['{path: web, release: a}', '.plimsoll.yaml:1:23', 'The key "release" is for charts, and "web" is none.'],
  ])('%s is a mistake', async (target, where, message) => {
    const all = { ...files, 'web/kustomization.yaml': '', '.plimsoll.yaml': `targets: [${target}]` };
    const error = await builds(all).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ where, message });
  });

  test('are left out where only a part of the repository is looked at', async () => {
    const config = await loadConfig(memoryTree({ '.plimsoll.yaml': 'targets: [{path: elsewhere}]' }), {
      ruleIds: [],
    });
    const { targets } = await discoverBuilds(memoryTree(files), resolveSettings({}, config, []));
    expect(targets.map(({ directory }) => directory)).toContain('api');
  });
});

describe('overlays', () => {
  test('with the files that they are made of', async () => {
    const { targets } = await builds(
      tree(['base/deployment.yaml', 'prod/patch.yaml', 'vendor/crds/crd.yaml', 'prod/notes.txt'], {
        'base/kustomization.yaml': 'resources: [deployment.yaml]',
        'prod/kustomization.yml':
          'resources: [../base, "https://example.com/crds?ref=1"]\npatches: [{path: patch.yaml}]',
        'vendor/crds/kustomization.yaml': 'resources: [crd.yaml]',
        '.plimsoll.yaml': `remotes: {"https://example.com/crds?ref=1": vendor/crds}
targets: [{path: prod, environment: production}]`,
      }),
    );
    expect(targets).toEqual([
      {
        kind: 'overlay',
        name: 'prod',
        directory: 'prod',
        complete: true,
        environment: 'production',
        remotes: { 'https://example.com/crds?ref=1': 'vendor/crds' },
        files: [
          'base/deployment.yaml',
          'base/kustomization.yaml',
          'prod/kustomization.yml',
          'prod/patch.yaml',
          'vendor/crds/crd.yaml',
          'vendor/crds/kustomization.yaml',
        ],
      },
    ]);
  });

  test('below a directory: its charts and overlays, whatever uses them from elsewhere', async () => {
    const files = memoryTree({
      'apps/base/kustomization.yaml': 'resources: [a.yaml]',
      'apps/base/a.yaml': '',
      'apps/prod/kustomization.yaml': 'resources: [../base]',
      'charts/api/Chart.yaml': chart,
    });
    const below = async (path: string) => {
      const { targets, paths } = await discoverBuilds(files, resolveSettings({}, { config: {} }, []), path);
      return { targets: targets.map(({ name, files }) => [name, files.length]), paths };
    };
    expect(await below('apps/prod')).toEqual({
      targets: [['apps/prod', 3]],
      paths: ['apps/prod/kustomization.yaml'],
    });
    expect(await below('apps/base')).toMatchObject({ targets: [['apps/base', 2]] });
    expect(await below('charts/api/Chart.yaml')).toMatchObject({ targets: [['charts/api', 1]] });
    expect(await below('app')).toEqual({ targets: [], paths: [] });
  });

  test('a base that the config names is a target as well', async () => {
    const files = { 'base/kustomization.yaml': '', 'prod/kustomization.yaml': 'resources: [../base]' };
    expect(await names(files)).toEqual(['prod']);
    expect(await names({ ...files, '.plimsoll.yaml': 'targets: [{path: base}]' })).toEqual(['base', 'prod']);
  });

  test.each([
    ['one of a chart', { 'a/Chart.yaml': chart, 'a/templates/kustomization.yaml': '' }, ['a']],
    ['a template', { 'kustomization.yaml': 'resources: [{{ .x }}]' }, []],
    ['an object of Flux', { 'kustomization.yaml': 'apiVersion: kustomize.toolkit.fluxcd.io/v1' }, []],
  ])('%s is none', async (_, files, expected) => {
    expect(await names(files)).toEqual(expected);
  });

  test('a chart in the directory of the kustomization that installs it is no target of its own', async () => {
    const files = tree(['web/charts/db/templates/a.yaml'], {
      'web/kustomization.yaml': 'helmCharts: [{name: db}]',
      'web/charts/db/Chart.yaml': chart,
    });
    expect(await names(files)).toEqual(['web']);
    expect((await builds(files)).targets[0]?.files).toContain('web/charts/db/templates/a.yaml');
    expect(await names({ ...files, '.plimsoll.yaml': 'targets: [{path: web/charts/db}]' })).toEqual([
      'web/charts/db',
      'web',
    ]);
  });

  test('a chart that several kustomizations share is one', async () => {
    const files = {
      'web/kustomization.yaml': 'helmCharts: [{name: db}]\nhelmGlobals: {chartHome: ../charts}',
      'charts/db/Chart.yaml': chart,
    };
    expect(await names(files)).toEqual(['charts/db', 'web']);
  });
});
