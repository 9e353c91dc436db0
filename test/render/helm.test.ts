import { describe, expect, test } from '@jest/globals';
import type { ValuesLayer } from '../../src/discover/target.ts';
import { chartManifests } from '../../src/render/helm.ts';
import {
  ChartBuilder,
  chartTarget,
  type Files,
  type OutputBuilder,
  sourcesOf,
  tell,
} from './chart-builder.ts';

const head = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n';
const template = 'web/templates/a.yaml';

/** The origins of a field of the only object of a chart in `web`. */
async function origins(
  files: Files,
  write: (output: OutputBuilder, chart: ChartBuilder) => void,
  path: readonly (string | number)[],
  { values = [], part }: { values?: readonly ValuesLayer[]; part?: string } = {},
): Promise<string[]> {
  const chart = new ChartBuilder(files);
  chart.output('web/templates/a.yaml', template, (output) => write(output, chart));
  const { manifests, problems } = await chartManifests(
    chartTarget('web', values),
    chart.response(),
    sourcesOf(files),
  );
  expect(problems).toEqual([]);
  expect(manifests).toHaveLength(1);
  const [manifest] = manifests;
  return manifest === undefined
    ? []
    : tell(files, manifest.originsOf(manifest.root.at('spec', ...path), part));
}

describe('charts of this repository', () => {
  test('a literal is marked with its key, to the letter', async () => {
    const files = { [template]: `{{/* é € 😀 */}}\n${head}  hostPID: true\n` };
    expect(await origins(files, (out) => out.text(`${head}  hostPID: true\n`), ['hostPID'])).toEqual([
      'web/templates/a.yaml:7 template exact "hostPID: true"',
    ]);
  });

  test('letters that take several bytes count right in output and source', async () => {
    const body = `${head}  é€😀: ü\n  hostPID: true\n`;
    const files = { [template]: `# 😀\n${body}` };
    expect(await origins(files, (out) => out.text(body), ['hostPID'])).toEqual([
      'web/templates/a.yaml:8 template exact "hostPID: true"',
    ]);
  });

  const valued = {
    [template]: `${head}  hostPID: {{ .Values.pid }}\n`,
    'web/values.yaml': '# Übung\npid: true\n',
    'web/values-prod.yaml': 'pid: true # here\n',
  };
  test.each(['web/values.yaml', 'web/values-prod.yaml'])(
    'a value is marked where %s sets it',
    async (file) => {
      const found = await origins(
        valued,
        (out, chart) =>
          out
            .text(`${head}  hostPID: `)
            .print('{{ .Values.pid', 'true', { leaf: chart.leaf(file, 'pid') })
            .text('\n'),
        ['hostPID'],
      );
      const line = file === 'web/values.yaml' ? 2 : 1;
      expect(found).toEqual([
        `${file}:${line} values exact "pid: true"`,
        'web/templates/a.yaml:6 template action "hostPID: {{ .Values.pid }}" (rendered here)',
      ]);
    },
  );

  test('a value in another form, or of another text, is not claimed to be exact', async () => {
    for (const [printed, valueClass] of [
      ['"true"', 'leafwise'],
      ['false', 'exact'],
    ] as const) {
      const [first] = await origins(
        valued,
        (out, chart) =>
          out
            .text(`${head}  hostPID: `)
            .print('{{ .Values.pid', printed, { leaf: chart.leaf('web/values.yaml', 'pid'), valueClass })
            .text('\n'),
        ['hostPID'],
      );
      expect(first).toBe('web/values.yaml:2 values action "pid: true"');
    }
  });

  test('a value that is an alias is marked at its anchor', async () => {
    const files = { ...valued, 'web/values.yaml': 'base: &base true\npid: *base\n' };
    const found = await origins(
      files,
      (out, chart) =>
        out
          .text(`${head}  hostPID: `)
          .print('{{ .Values.pid', 'true', { leaf: chart.leaf('web/values.yaml', 'pid') })
          .text('\n'),
      ['hostPID'],
    );
    expect(found).toEqual([
      'web/values.yaml:1 values exact "true"',
      'web/templates/a.yaml:6 template action "hostPID: {{ .Values.pid }}" (rendered here)',
      'web/values.yaml:2 values action "*base" (used here through an alias)',
    ]);
  });

  test('what the config sets is marked there', async () => {
    const config = 'targets:\n  - path: web\n    set: [pid=true]\n    values:\n      pid: true\n';
    const files = { ...valued, '.plimsoll.yaml': config };
    const at = (path: readonly (string | number)[], layer: Partial<ValuesLayer>) =>
      origins(
        files,
        (out, chart) =>
          out
            .text(`${head}  hostPID: `)
            .print('{{ .Values.pid', 'true', { leaf: chart.leaf('', 'pid', { layer: 0 }) })
            .text('\n'),
        ['hostPID'],
        { values: [{ ...layer, from: { file: '.plimsoll.yaml', path } }] },
      );
    expect((await at(['targets', 0, 'set', 0], { set: 'pid=true' }))[0]).toBe(
      '.plimsoll.yaml:3 values action "pid=true"',
    );
    expect((await at(['targets', 0, 'values'], { inline: 'pid: true\n' }))[0]).toBe(
      '.plimsoll.yaml:5 values exact "pid: true"',
    );
  });

  test('a missing field belongs to its nearest ancestor', async () => {
    const body = `${head}  containers:\n    - name: app\n      securityContext:\n        runAsUser: 1\n`;
    const files = { [template]: body };
    const find = (...path: (string | number)[]) => origins(files, (out) => out.text(body), path);
    expect(await find('containers', 0, 'securityContext', 'privileged')).toEqual([
      'web/templates/a.yaml:8 template exact "securityContext"',
    ]);
    expect(await find('containers', 0, 'image')).toEqual(['web/templates/a.yaml:7 template exact "name"']);
    expect(await find('hostPID')).toEqual(['web/templates/a.yaml:5 template exact "spec"']);
  });

  const blocks = {
    [template]: `${head}  securityContext:\n    {{- toYaml .Values.sc | nindent 4 }}\n`,
    'web/values.yaml': 'empty: {}\nsc:\n  limits:\n    cpu: 1\n  other: 2\n',
  };
  test('a field that lacks in an empty value is added at the value', async () => {
    expect(
      await origins(
        blocks,
        (out, chart) =>
          out.text(`${head}  securityContext:`).print('{{- toYaml', '\n    {}\n', {
            leaf: chart.leaf('web/values.yaml', 'empty'),
            valueClass: 'leafwise',
          }),
        ['securityContext', 'runAsNonRoot'],
      ),
    ).toEqual([
      'web/values.yaml:1 values action "empty"',
      'web/templates/a.yaml:6 template exact "securityContext" (rendered here)',
    ]);
  });

  test.each([
    [['securityContext', 'runAsNonRoot'], 'web/values.yaml:2 values action "sc"'],
    [['securityContext'], 'web/values.yaml:2 values action "sc"'],
    [['securityContext', 'limits', 'memory'], 'web/values.yaml:3 values action "limits"'],
    [['securityContext', 'limits'], 'web/values.yaml:3 values action "limits"'],
    [['securityContext', 'limits', 'cpu'], 'web/values.yaml:4 values action "cpu: 1"'],
    [['securityContext', 'other'], 'web/values.yaml:5 values exact "other: 2"'],
  ])('in a value that was printed as a whole: %j', async (path, expected) => {
    const found = await origins(
      blocks,
      (out, chart) =>
        out
          .text(`${head}  securityContext:`)
          .print('{{- toYaml', '\n    limits:\n', {
            leaf: chart.leaf('web/values.yaml', 'sc.limits'),
            valueClass: 'leafwise',
          })
          .print('{{- toYaml', '      cpu: 1\n', {
            leaf: chart.leaf('web/values.yaml', 'sc.limits.cpu'),
            valueClass: 'leafwise',
          })
          .print('{{- toYaml', '    other: ', {
            leaf: chart.leaf('web/values.yaml', 'sc.other'),
            valueClass: 'leafwise',
          })
          .print('{{- toYaml', '2', { leaf: chart.leaf('web/values.yaml', 'sc.other') }),
      path,
    );
    expect(found[0]).toBe(expected);
  });

  const helped = {
    [template]: `${head}{{ include "web.spec" . }}\n`,
    'web/templates/_h.tpl':
      '{{ define "web.spec" }}  hostPID: true\n  hostname: {{ .Values.host }}{{ end }}\n',
    'web/values.yaml': 'host: x\n',
  };
  const helperOutput = (out: OutputBuilder, chart: ChartBuilder) => {
    const inside = { file: 'web/templates/_h.tpl', frame: chart.frame(template, '{{ include') };
    out
      .text(head)
      .text('  hostPID: true\n  hostname: ', inside)
      .print('.Values.host', 'x', { leaf: chart.leaf('web/values.yaml', 'host') }, inside);
  };
  test('text of a helper is the helper’s, and says what includes it', async () => {
    expect(await origins(helped, helperOutput, ['hostPID'])).toEqual([
      'web/templates/_h.tpl:1 helper exact "hostPID: true"',
      'web/templates/a.yaml:6 template action "{{ include \\"web.spec\\" . }}" (included here)',
    ]);
  });
  test('a value through a helper', async () => {
    expect(await origins(helped, helperOutput, ['hostname'])).toEqual([
      'web/values.yaml:1 values exact "host: x"',
      'web/templates/_h.tpl:2 helper action "hostname: {{ .Values.host }}" (rendered here)',
      'web/templates/a.yaml:6 template action "{{ include \\"web.spec\\" . }}" (included here)',
    ]);
  });

  const image = {
    [template]: `${head}  containers:\n    - image: "{{ .Values.repo }}:{{ .Values.tag }}"\n`,
    'web/values.yaml': 'repo: nginx\ntag: latest\n',
  };
  test('of an image with repository and tag, the tag counts', async () => {
    const found = await origins(
      image,
      (out, chart) =>
        out
          .text(`${head}  containers:\n    - image: "`)
          .print('{{ .Values.repo', 'nginx', { leaf: chart.leaf('web/values.yaml', 'repo') })
          .text(':{{'.slice(0, 1))
          .print('{{ .Values.tag', 'latest', { leaf: chart.leaf('web/values.yaml', 'tag') })
          .text('"\n'),
      ['containers', 0, 'image'],
    );
    expect(found).toEqual([
      'web/values.yaml:2 values exact "tag: latest"',
      'web/templates/a.yaml:7 template action "image: \\"{{ .Values.repo }}:{{ .Values.tag }}" (rendered here)',
      'web/values.yaml:1 values action "repo: nginx" (set here)',
    ]);
  });

  test('a part of a text in a literal block is marked on its own line', async () => {
    const body = `${head}  script: |\n    one\n    two {{ .Values.tag }}\n    three\n`;
    const files = { [template]: body, 'web/values.yaml': 'tag: latest\n' };
    const write = (out: OutputBuilder, chart: ChartBuilder) =>
      out
        .text(body.slice(0, body.indexOf('{{')))
        .print('{{ .Values.tag', 'latest', { leaf: chart.leaf('web/values.yaml', 'tag') })
        .text('\n    three\n');
    expect(await origins(files, write, ['script'], { part: 'three' })).toEqual([
      'web/templates/a.yaml:9 template exact "three"',
      'web/values.yaml:1 values action "tag: latest" (set here)',
    ]);
    expect(await origins(files, write, ['script'], { part: 'latest' })).toEqual([
      'web/values.yaml:1 values exact "tag: latest"',
      'web/templates/a.yaml:8 template action "{{ .Values.tag }}" (rendered here)',
    ]);
  });

  const computed = {
    [template]: `${head}  image: {{ printf "%s:latest" .Values.repo }}\n`,
    'web/values.yaml': 'repo: nginx\n',
  };
  test('a constant of an action is the action’s, not that of the values beside it', async () => {
    const found = await origins(
      computed,
      (out, chart) =>
        out
          .text(`${head}  image: `)
          .print('{{ printf', 'nginx:latest', {
            valueClass: 'derived',
            leaf: chart.set(chart.leaf('web/values.yaml', 'repo')),
          })
          .text('\n'),
      ['image'],
    );
    expect(found).toEqual([
      'web/templates/a.yaml:6 template action "image: {{ printf \\"%s:latest\\" .Values.repo }}"',
      'web/values.yaml:1 values action "repo: nginx" (set here)',
    ]);
  });
  test('the version of the application is in Chart.yaml', async () => {
    const found = await origins(
      {
        [template]: `${head}  hostname: {{ .Chart.AppVersion }}\n`,
        'web/Chart.yaml': 'name: web\nappVersion: 3.1.4\n',
      },
      (out) =>
        out
          .text(`${head}  hostname: `)
          .print('{{ .Chart.AppVersion', '3.1.4', { valueClass: 'builtin' })
          .text('\n'),
      ['hostname'],
    );
    expect(found).toEqual([
      'web/Chart.yaml:2 values action "appVersion: 3.1.4"',
      'web/templates/a.yaml:6 template action "hostname: {{ .Chart.AppVersion }}" (rendered here)',
    ]);
  });

  test('other fields that are made of several values are the template’s', async () => {
    const found = await origins(
      image,
      (out, chart) =>
        out
          .text(`${head}  containers:\n    - image: "`)
          .print('{{ .Values.repo', 'nginx-latest', {
            valueClass: 'derived',
            leaf: chart.set(chart.leaf('web/values.yaml', 'repo'), chart.leaf('web/values.yaml', 'tag')),
          })
          .text('"\n'),
      ['containers', 0, 'image'],
    );
    expect(found.map((each) => each.replace(/ .*/, ''))).toEqual([
      'web/templates/a.yaml:7',
      'web/values.yaml:1',
      'web/values.yaml:2',
    ]);
  });

  test('a field inside a text that the values hold is marked on its line there', async () => {
    const files = {
      [template]: '{{ tpl .Values.extra . }}',
      'web/values.yaml': `extra: |\n${head.replace(/^/gm, '  ').trimEnd()}\n    hostPID: true\n`,
    };
    const text = `${head}  hostPID: true\n`;
    const found = await origins(
      files,
      (out, chart) => out.print('{{ tpl', text, { leaf: chart.leaf('web/values.yaml', 'extra') }),
      ['hostPID'],
    );
    expect(found[0]).toBe('web/values.yaml:7 values exact "hostPID: true"');
  });
});

describe('vendored charts', () => {
  const sub = 'web/charts/redis/templates/a.yaml';
  const files = {
    [template]: '',
    [sub]: `${head}  hostPID: {{ .Values.pid }}\n  hostIPC: true\n`,
    'web/charts/redis/values.yaml': 'pid: true\n',
    'web/charts/redis/Chart.yaml': 'name: redis\n',
  };
  const chartFile = (repository: string) =>
    `name: web\ndependencies:\n  - name: other\n  - repository: "${repository}"\n    name: redis\n    alias: cache\n`;

  async function fromSubchart(more: Files, path: string): Promise<string[]> {
    const all = { ...files, ...more };
    const chart = new ChartBuilder(all);
    chart.output('web/charts/cache/templates/a.yaml', sub, (out) => {
      const leaf = chart.leaf('web/charts/redis/values.yaml', 'pid', { final: ['cache', 'pid'] });
      out.text(`${head}  hostPID: `).print('{{ .Values.pid', 'true', { leaf }).text('\n  hostIPC: true\n');
    });
    const { manifests } = await chartManifests(chartTarget('web'), chart.response(), sourcesOf(all));
    return manifests.flatMap((each) => tell(all, each.originsOf(each.root.at('spec', path))));
  }
  const remote = { 'web/Chart.yaml': chartFile('https://charts.example') };

  test('their defaults are overridden where the parent speaks of them', async () => {
    const found = await fromSubchart(
      { ...remote, 'web/values.yaml': 'a: 1\ncache:\n  other: 1\n' },
      'hostPID',
    );
    expect(found).toEqual([
      'web/values.yaml:2 values action "cache"',
      'web/Chart.yaml:4 dependency action "repository: \\"https://charts.example\\"" (the vendored chart comes in here)',
      'web/charts/redis/values.yaml:1 values exact "pid: true" (set here by the vendored chart)',
      'web/charts/redis/templates/a.yaml:6 template action "hostPID: {{ .Values.pid }}" (rendered here by the vendored chart)',
    ]);
  });

  test('else where the parent requires them', async () => {
    const found = await fromSubchart({ ...remote, 'web/values.yaml': 'a: 1\n' }, 'hostPID');
    expect(found[0]).toMatch(/^web\/Chart.yaml:4 dependency/);
  });

  test('nobody edits their templates', async () => {
    const found = await fromSubchart(remote, 'hostIPC');
    expect(found).toEqual([
      'web/Chart.yaml:4 dependency action "repository: \\"https://charts.example\\""',
      'web/charts/redis/templates/a.yaml:7 template exact "hostIPC: true" (rendered here by the vendored chart)',
    ]);
  });

  test.each(['', 'file://charts/redis'])(
    'a chart that is kept here (repository %j) is edited here',
    async (from) => {
      const own = { 'web/Chart.yaml': chartFile(from), 'web/values.yaml': 'cache: {}\n' };
      expect((await fromSubchart(own, 'hostIPC'))[0]).toMatch(/^web\/charts\/redis\/templates\/a.yaml:7/);
      expect((await fromSubchart(own, 'hostPID'))[0]).toMatch(/^web\/charts\/redis\/values.yaml:1/);
    },
  );

  test('a packed chart is named by its archive', async () => {
    const all = { ...remote, 'web/charts/redis-1.0.0.tgz': '\u0000' };
    const chart = new ChartBuilder({ ...all, 'redis/a': head });
    const text = `${head}  hostPID: true\n`;
    chart.source('web/charts/redis-1.0.0.tgz', 'redis/templates/a.yaml', text);
    const response = chart.response();
    const packed = {
      ...response,
      outputs: [
        {
          name: 'web/charts/cache/templates/a.yaml',
          source: 0,
          bytes: Buffer.from(text),
          segments: Int32Array.of(0, 0, 0, 0, -1, -1, 0),
        },
      ],
    };
    const { manifests } = await chartManifests(chartTarget('web'), packed, sourcesOf(all));
    expect(manifests.flatMap((each) => tell(all, each.originsOf(each.root.at('spec', 'hostPID'))))).toEqual([
      'web/Chart.yaml:4 dependency action "repository: \\"https://charts.example\\""',
      'web/charts/redis-1.0.0.tgz:1 template file "" (rendered by redis/templates/a.yaml:6 in the archive)',
    ]);
  });
});

describe('what is no YAML', () => {
  test('is a problem of the template line that printed it, and the rest is there', async () => {
    const files = { [template]: `${head}---\na: b: c\n---\n${head}`, 'web/Chart.yaml': 'name: web\n' };
    const chart = new ChartBuilder(files);
    chart.output('web/templates/a.yaml', template, (out) => out.text(files[template] ?? ''));
    const { manifests, problems } = await chartManifests(
      chartTarget('web'),
      chart.response(),
      sourcesOf(files),
    );
    expect(manifests).toHaveLength(2);
    expect(problems).toEqual([
      {
        kind: 'broken',
        message:
          'a.yaml does not render to YAML: line 1 of what it prints. A second ": " on the line: put the value in quotes, or the second key on a line of its own.',
        file: template,
        start: expect.any(Number),
        end: expect.any(Number),
      },
    ]);
    const [problem] = problems;
    expect(files[template]?.slice(0, problem?.start).split('\n')).toHaveLength(7);
  });

  test('lists are their items', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n    spec: {hostPID: true}\n`;
    const files = { [template]: list };
    expect(await origins(files, (out) => out.text(list), ['hostPID'])).toEqual([
      'web/templates/a.yaml:7 template exact "hostPID: true"',
    ]);
  });
});
