import { describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';
import { discoverBuilds } from '../../src/discover/builds.ts';
import { discoverManifests } from '../../src/discover/discover.ts';
import type { FileTree } from '../../src/files/file-tree.ts';
import { LineIndex } from '../../src/files/lines.ts';
import { memoryTree } from '../../src/files/memory.ts';
import type {
  EngineAnswer,
  Fault,
  HelmRequest,
  HelmResponse,
  KustomizeRequest,
  KustomizeResponse,
  RenderEngine,
} from '../../src/render/engine/protocol.ts';
import { outcomesOf } from '../../src/render/outcomes.ts';
import { renderTargets } from '../../src/render/render.ts';
import type { RenderedTarget } from '../../src/render/rendering.ts';

type Files = Readonly<Record<string, string>>;
type Answer<Request, Response> = (request: Request) => EngineAnswer<Response>;

/** What a chart renders to: nothing, from all its files. */
const rendered = ({ files }: HelmRequest): EngineAnswer<HelmResponse> => ({
  ok: {
    name: 'api',
    outputs: [],
    crds: [],
    sources: [],
    frames: new Int32Array(),
    leaves: [],
    sets: [],
    read: files.map(({ path }) => path),
  },
});
const built = (
  { files }: KustomizeRequest,
  parts: Partial<KustomizeResponse> = {},
): EngineAnswer<KustomizeResponse> => ({
  ok: {
    documents: [],
    origins: [],
    left: [],
    missing: [],
    charts: [],
    read: files.map(({ path }) => path),
    ...parts,
  },
});

async function run(
  files: Files | FileTree,
  {
    helm = rendered,
    kustomize = built,
  }: {
    helm?: Answer<HelmRequest, HelmResponse>;
    kustomize?: Answer<KustomizeRequest, KustomizeResponse>;
  } = {},
) {
  const tree =
    'list' in files && typeof files.list === 'function' ? (files as FileTree) : memoryTree(files as Files);
  const settings = resolveSettings({}, { config: {} }, []);
  const builds = await discoverBuilds(tree, settings);
  let engines = 0;
  const requests: (HelmRequest | KustomizeRequest)[] = [];
  const engine: RenderEngine = {
    helm: async (request) => {
      requests.push(request);
      return helm(request);
    },
    kustomize: async (request) => {
      requests.push(request);
      return kustomize(request);
    },
    close: async () => {},
  };
  const plain = await discoverManifests(builds, settings);
  const results = await renderTargets({
    targets: [...plain.targets, ...builds.targets],
    files: builds.files,
    engine: () => {
      engines++;
      return engine;
    },
    kubernetesMinor: 34,
  });
  const outcomes = outcomesOf(builds, plain, results).map(
    (outcome) => `${outcome.file} ${'cause' in outcome ? outcome.cause : outcome.status}`,
  );
  return { results, requests, outcomes, engines: () => engines };
}

/** `kind file:line:column-column message` of all problems. */
function shown(files: Files, results: readonly RenderedTarget[]): string[] {
  return results.flatMap(({ problems }) =>
    problems.map(({ kind, file, start, end, message, renderedBy }) => {
      const text = files[file] ?? '';
      const { line, column } = new LineIndex(text).position(start);
      const proof = renderedBy === undefined ? '' : ` (${renderedBy})`;
      return `${kind} ${file}:${line}:${column} ${JSON.stringify(text.slice(start, end))} ${message}${proof}`;
    }),
  );
}

const fault = (parts: Fault) => () => ({ fault: parts });
const chart = 'apiVersion: v2\nname: api\nversion: 1.0.0\n';
const apiVersions = ['apiregistration.k8s.io/v1'];

describe('asking the engine', () => {
  test('not at all without charts and overlays', async () => {
    const { results, engines } = await run({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n' });
    expect(engines()).toBe(0);
    expect(results.map(({ manifests }) => manifests.map(({ name }) => name))).toEqual([['a']]);
  });

  test('with all that a chart needs', async () => {
    const { requests, engines } = await run({
      'api/Chart.yaml': chart,
      'api/values-prod.yaml': 'a: 1',
      'b.txt': '',
    });
    const files = ['api/Chart.yaml', 'api/values-prod.yaml'];
    expect(engines()).toBe(1);
    expect(
      requests.map(({ files: given, ...rest }) => ({ ...rest, files: given.map(({ path }) => path) })),
    ).toEqual([
      { op: 'helm', chart: 'api', values: [], kubeVersion: '1.34', apiVersions, files },
      {
        op: 'helm',
        chart: 'api',
        values: [{ file: 'api/values-prod.yaml' }],
        kubeVersion: '1.34',
        apiVersions,
        files,
      },
    ]);
  });

  test('each file is read once, whoever shares it', async () => {
    const reads: string[] = [];
    const overlays = Array.from({ length: 30 }, (_, i) => [
      `o${i}/kustomization.yaml`,
      'resources: [../base]',
    ]);
    const tree = memoryTree({
      ...Object.fromEntries(overlays),
      'base/kustomization.yaml': 'resources: [a.yaml]',
      'base/a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    });
    const counting: FileTree = {
      ...tree,
      list: () => tree.list(),
      close: () => tree.close(),
      read: (path) => {
        reads.push(path);
        return tree.read(path);
      },
    };
    const { requests } = await run(counting);
    expect(requests).toHaveLength(30);
    expect(reads.filter((path) => path.startsWith('base/')).sort()).toEqual([
      'base/a.yaml',
      'base/kustomization.yaml',
    ]);
    expect(new Set(reads).size).toBe(reads.length);
  });

  test('again, with what turned out to be missing and is there', async () => {
    const { requests, results } = await run(
      {
        'web/kustomization.yaml': 'resources: [a.yaml]',
        'web/a.yaml': '',
        'web/t.yaml': '',
        'b/kustomization.yml': '',
      },
      {
        kustomize: (request) => {
          if (request.root !== 'web') return built(request);
          const given = new Set(request.files.map(({ path }) => path));
          return given.has('web/t.yaml')
            ? built(request, { missing: given.has('b/kustomization.yml') ? ['gone'] : ['gone', 'b'] })
            : { fault: { code: 'kustomize', message: 'no file', missing: ['web/t.yaml', 'gone'] } };
        },
      },
    );
    expect(requests.filter((request) => 'root' in request && request.root === 'web')).toHaveLength(3);
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    expect(results.find(({ target }) => target.name === 'web')?.target.files).toEqual([
      'b/kustomization.yml',
      'web/a.yaml',
      'web/kustomization.yaml',
      'web/t.yaml',
    ]);
  });

  test('no more than ten times', async () => {
    const spare = Array.from({ length: 20 }, (_, i) => [`spare/${i}.txt`, '']);
    let round = 0;
    const { requests } = await run(
      { 'web/kustomization.yaml': '', ...Object.fromEntries(spare) },
      { kustomize: fault2(() => `spare/${round++}.txt`) },
    );
    expect(requests).toHaveLength(10);
  });

  const fault2 = (missing: () => string) => () => ({
    fault: { code: 'kustomize' as const, message: 'no file', missing: [missing()] },
  });

  test('the results are in the order of the targets, whoever is ready first', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `c${String(i).padStart(2, '0')}`);
    const { results } = await run(Object.fromEntries(names.map((name) => [`${name}/Chart.yaml`, chart])));
    expect(results.map(({ target }) => target.name)).toEqual(names);
  });
});

describe('problems of charts', () => {
  test.each<[string, Fault, string]>([
    [
      'the dependencies of a chart of Helm 2 are one, at the first in requirements.yaml',
      { code: 'dependency', message: 'missing', file: 'old/Chart.yaml', missing: ['db', 'mq', 'db'] },
      'dependency old/requirements.yaml:2:5 "name: db" The chart was not checked: its subcharts db, mq are not in the repository. Run helm dependency build old before the check, or commit old/charts/.',
    ],
    [
      'a template that needs values, in a chart without any',
      { code: 'template', message: 'index of nil pointer', file: 'old/templates/a.yaml', line: 1 },
      'needs-values old/templates/a.yaml:1:1 "a: {{ index .Values \\"b\\" \\"c\\" }}" The chart has no values of its own, and nobody gives any: index of nil pointer. Give them in the config: targets: [{path: "old", set: {…}}].',
    ],
  ])('%s', async (_, parts, expected) => {
    const files = {
      'old/Chart.yaml': 'name: old\nversion: 1.0.0\n',
      'old/requirements.yaml': 'dependencies:\n  - name: db\n  - name: mq\n',
      'old/templates/a.yaml': 'a: {{ index .Values "b" "c" }}',
    };
    const { results } = await run(files, { helm: fault(parts) });
    expect(shown(files, results)).toEqual([expected]);
  });

  const files: Files = {
    'api/Chart.yaml': `${chart}dependencies:
  - name: db
    repository: https://charts.example
  - name: lib
    repository: file://../lib
`,
    'api/templates/a.yaml': 'kind: "ä😀" {{ nope }}\n',
    'api/values.yaml': 'a: [',
  };
  const failing = async (parts: Fault, more: Files = {}) => {
    const all = { ...files, ...more };
    const { results, outcomes } = await run(all, { helm: fault(parts) });
    return { problems: shown(all, results), outcomes, results };
  };

  test.each<[string, Fault, string]>([
    [
      'a template, at its line and column in bytes',
      {
        code: 'template',
        message: 'function "nope" not defined',
        file: 'api/templates/a.yaml',
        line: 1,
        column: 16,
      },
      'broken api/templates/a.yaml:1:13 "{{ nope }}" This cannot be rendered: function "nope" not defined.',
    ],
    [
      'a template, at its line',
      { code: 'template', message: 'Bad.', file: 'api/templates/a.yaml', line: 1 },
      'broken api/templates/a.yaml:1:1 "kind: \\"ä😀\\" {{ nope }}" This cannot be rendered: Bad.',
    ],
    [
      'a place in an archive is shown at the chart',
      { code: 'template', message: 'Bad.', file: 'api/charts/x.tgz', inner: 'x/templates/a.yaml', line: 3 },
      'broken api/Chart.yaml:1:1 "" This cannot be rendered: Bad.',
    ],
    [
      'a line that is not there',
      { code: 'chart', message: 'Bad', file: 'api/values.yaml', line: 99, column: 9 },
      'broken api/values.yaml:1:5 "" This cannot be rendered: Bad.',
    ],
    [
      'a dependency, at its entry',
      { code: 'dependency', message: 'missing', missing: ['db'] },
      'dependency api/Chart.yaml:5:5 "name: db" The chart was not checked: its subchart db is not in the repository. Run helm dependency build api before the check, or commit api/charts/.',
    ],
    [
      'a local dependency',
      { code: 'dependency', message: 'missing', file: 'api/Chart.yaml', missing: ['lib'] },
      'broken api/Chart.yaml:7:5 "name: lib" The subchart lib is not at file://../lib, so the chart cannot be rendered.',
    ],
    [
      'values that nobody gives',
      {
        code: 'values',
        message: 'image is required',
        file: 'api/templates/a.yaml',
        line: 1,
        needs: [['image', 'tag']],
      },
      'needs-values api/templates/a.yaml:1:1 "kind: \\"ä😀\\" {{ nope }}" Values are missing that nobody gives: image is required. Give them in the config: targets: [{path: "api", set: {"image.tag": …}}].',
    ],
    [
      'a fail without a name',
      { code: 'values', message: 'say which', file: 'api/templates/a.yaml', line: 1 },
      'needs-values api/templates/a.yaml:1:1 "kind: \\"ä😀\\" {{ nope }}" Values are missing that nobody gives: say which. Give them in the config: targets: [{path: "api", set: {…}}].',
    ],
    [
      'a values file that is no YAML',
      { code: 'values', message: 'not YAML', file: 'api/values.yaml', line: 1 },
      'broken api/values.yaml:1:1 "a: [" This cannot be rendered: not YAML.',
    ],
    [
      'a value that the schema forbids',
      { code: 'schema', message: 'a must be\n- a number', file: 'api/values.yaml', needs: [['a']] },
      'broken api/values.yaml:1:1 "" This cannot be rendered: a must be - a number.',
    ],
    [
      'a value that the schema requires',
      { code: 'schema', message: 'missing property b', needs: [['b']] },
      'needs-values api/Chart.yaml:1:1 "" Values are missing that nobody gives: missing property b. Give them in the config: targets: [{path: "api", set: {"b": …}}].',
    ],
    [
      'a limit',
      { code: 'limit', message: 'It takes too long.' },
      'limit api/Chart.yaml:1:1 "" It takes too long.',
    ],
    [
      'a defect',
      { code: 'internal', message: 'index out of range' },
      'internal api/Chart.yaml:1:1 "" index out of range. Please report this.',
    ],
  ])('%s', async (_, parts, expected) => {
    expect((await failing(parts)).problems).toEqual([expected]);
  });

  test('the target is not complete, and its files are failed', async () => {
    const { results, outcomes } = await failing(
      { code: 'template', message: 'Bad.' },
      { 'api/README.md': '', 'api/templates/NOTES.txt': '', 'api/values-x.yaml': '' },
    );
    expect(results.map(({ complete, target }) => [complete, target.complete])).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(outcomes).toEqual([
      'api/Chart.yaml build-broken',
      'api/README.md notKubernetes',
      'api/templates/NOTES.txt notKubernetes',
      'api/templates/a.yaml build-broken',
      'api/values-x.yaml build-broken',
      'api/values.yaml notKubernetes',
    ]);
  });

  describe('when some values set renders', () => {
    const sets: Files = { ...files, 'api/values-a.yaml': '', 'api/values-b.yaml': '' };
    const [wanting, other] = ['nil pointer', 'wrong type'].map((message) => ({
      code: 'template' as const,
      message,
      file: 'api/templates/a.yaml',
      line: 1,
      column: 1,
    }));
    const label = (name: string) =>
      `needs-values api/templates/a.yaml:1:1 ${name} This cannot be rendered: nil pointer.`;
    const line = '"kind: \\"ä😀\\" {{ nope }}"';

    test.each<[string, Readonly<Record<string, Fault | undefined>>, string[]]>([
      ['the defaults lack values', { '': wanting }, [`${label(line)} (api (values-a.yaml))`]],
      [
        'and so does a set that fails alike',
        { '': wanting, 'values-a.yaml': wanting },
        [`${label(line)} (api (values-b.yaml))`, `${label(line)} (api (values-b.yaml))`],
      ],
      [
        'but a set that fails in its own way is broken',
        { 'values-b.yaml': other },
        [`broken api/templates/a.yaml:1:1 ${line} This cannot be rendered: wrong type.`],
      ],
      [
        'nothing is proved when none renders',
        { '': wanting, 'values-a.yaml': wanting, 'values-b.yaml': wanting },
        Array(3).fill(`broken api/templates/a.yaml:1:1 ${line} This cannot be rendered: nil pointer.`),
      ],
    ])('%s', async (_, faults, expected) => {
      const { results } = await run(sets, {
        helm: (request) => {
          const found = faults[request.values[0]?.file?.slice('api/'.length) ?? ''];
          return found === undefined ? rendered(request) : { fault: found };
        },
      });
      expect(shown(sets, results)).toEqual(expected);
    });
  });
});

describe('problems of overlays', () => {
  test('a path that is not there, at every entry that names it', async () => {
    const files = {
      'base/kustomization.yaml': 'resources:\n  - a.yaml\n',
      'prod/kustomization.yaml': 'resources: [../base]\npatches:\n  - path: p.yaml\n',
    };
    const missing = ['base/a.yaml', 'prod/p.yaml'];
    const { results, outcomes } = await run(files, {
      kustomize: fault({ code: 'kustomize', message: 'no such file', missing }),
    });
    expect(shown(files, results)).toEqual([
      'broken base/kustomization.yaml:2:5 "a.yaml" There is no base/a.yaml in the repository, so this cannot be built.',
      'broken prod/kustomization.yaml:3:5 "path: p.yaml" There is no prod/p.yaml in the repository, so this cannot be built.',
    ]);
    expect(outcomes).toEqual([
      'base/kustomization.yaml build-broken',
      'prod/kustomization.yaml build-broken',
    ]);
  });

  test('what is left out, at its entry; the rest is checked', async () => {
    const files = {
      'web/a.yaml': 'apiVersion: v1\nkind: Pod\n',
      'web/kustomization.yaml': 'resources:\n  - a.yaml\n  - https://example.com/b\n',
    };
    const { results, outcomes } = await run(files, {
      kustomize: (request) =>
        built(request, {
          left: [
            {
              file: 'web/kustomization.yaml',
              pointer: ['resources', '1'],
              kind: 'remote',
              text: 'https://example.com/b',
            },
          ],
        }),
    });
    expect(shown(files, results)).toEqual([
      expect.stringMatching(/^left-out web\/kustomization.yaml:3:5 "https:\/\/example.com\/b" /),
    ]);
    expect(results[0]).toMatchObject({ complete: false, target: { complete: false } });
    expect(outcomes).toEqual(['web/a.yaml checked', 'web/kustomization.yaml checked']);
  });
});

describe('what became of the files', () => {
  test('of an unused component, a scaffold, and values that no set uses', async () => {
    const { outcomes } = await run({
      'tls/kustomization.yaml': 'kind: Component\nresources: [a.yaml]',
      'tls/a.yaml': 'apiVersion: v1\nkind: Pod\n',
      'web/kustomization.yaml': '',
      'web/manager_patch.yaml': 'apiVersion: v1\nkind: Pod\n',
      'web/patches/scale.yaml': 'apiVersion: v1\nkind: Pod\n',
      'web/dispatcher.yaml': 'apiVersion: v1\nkind: Pod\n',
      'plain/patch.yaml': 'apiVersion: v1\nkind: Pod\n',
      'skeleton/Chart.yaml': 'name: {{ .name }}',
      'skeleton/templates/a.yaml': 'kind: {{ .x }}',
      'lib/Chart.yaml': `${chart}type: library`,
      'lib/templates/_a.tpl': '',
      'api/Chart.yaml': chart,
      'api/other/values.yaml': '',
      'api/templates/NOTES.txt': '',
      'new/templates/api/kustomization.yaml': 'resources: ["../{{ kind }}"]',
      'new/templates/web/kustomization.yaml': 'resources: [../../base, a.yaml]',
      'new/templates/web/a.yaml': 'apiVersion: v1\nkind: Pod\n',
      'new/templates/web/values.yaml': 'a: 1',
    });
    expect(outcomes.filter((outcome) => !outcome.startsWith('api/other'))).toEqual([
      'api/Chart.yaml checked',
      'api/templates/NOTES.txt notKubernetes',
      'lib/Chart.yaml notKubernetes',
      'lib/templates/_a.tpl notKubernetes',
      'new/templates/api/kustomization.yaml go-template',
      'new/templates/web/a.yaml go-template',
      'new/templates/web/kustomization.yaml go-template',
      'new/templates/web/values.yaml notKubernetes',
      'plain/patch.yaml checked',
      'skeleton/Chart.yaml notKubernetes',
      'skeleton/templates/a.yaml go-template',
      'tls/a.yaml not-used',
      'tls/kustomization.yaml not-used',
      'web/dispatcher.yaml checked',
      'web/kustomization.yaml checked',
      'web/manager_patch.yaml not-used',
      'web/patches/scale.yaml not-used',
    ]);
  });

  test('of a base: checked when one of its overlays was built', async () => {
    const files = {
      'base/kustomization.yaml': '',
      'dev/kustomization.yaml': 'resources: [../base]',
      'prod/kustomization.yaml': 'resources: [../base]',
    };
    const { outcomes } = await run(files, {
      kustomize: (request) =>
        request.root === 'dev' ? built(request) : { fault: { code: 'kustomize', message: 'Bad.' } },
    });
    expect(outcomes).toEqual([
      'base/kustomization.yaml checked',
      'dev/kustomization.yaml checked',
      'prod/kustomization.yaml build-broken',
    ]);
  });
});
