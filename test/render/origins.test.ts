import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/judge/report.ts';
import { checkFiles } from '../fixtures.ts';

/** Findings of one rule, as `file:line (targets)` with the related places behind. */
async function found(files: Readonly<Record<string, string>>, rule: string): Promise<string[][]> {
  const { findings } = await checkFiles(files, { only: rule });
  return findings
    .filter(({ suppressed }) => suppressed === undefined)
    .map(({ location, targets, related }: Finding) => [
      `${location.file}:${location.line} ${location.precision} (${targets.join(', ')})`,
      ...related.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ]);
}

const chart = { 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' };

/** A pod whose container has these lines from line 8 on. */
const pod = (lines: string, name = 'web') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n    - name: app\n${lines.replace(/^(?=.)/gm, '      ')}`;

describe('charts, rendered by the engine', () => {
  test('three values sets with the same fault are one finding, one of its own is another', async () => {
    const files = {
      ...chart,
      'c/values.yaml': 'open: true\nwide: false\n',
      'c/values-dev.yaml': 'name: dev\n',
      'c/values-prod.yaml': '# wide\nwide: true\n',
      'c/templates/a.yaml': pod('securityContext:\n  privileged: {{ .Values.open }}\n'),
      'c/templates/b.yaml': pod('securityContext:\n  privileged: {{ .Values.wide }}\n', 'b'),
    };
    expect(await found(files, 'pod/privileged')).toEqual([
      ['c/values-prod.yaml:2 exact (c (values-prod.yaml))', 'c/templates/b.yaml:9 rendered here'],
      [
        'c/values.yaml:1 exact (c, c (values-dev.yaml), c (values-prod.yaml))',
        'c/templates/a.yaml:9 rendered here',
      ],
    ]);
  });

  test('a helper that ten templates use is one finding with ten places', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `app${index}`);
    const files = {
      ...chart,
      'c/templates/_h.tpl': '{{ define "sc" }}\nsecurityContext:\n  privileged: true\n{{ end }}\n',
      ...Object.fromEntries(
        names.map((name) => [`c/templates/${name}.yaml`, pod('{{- include "sc" . | nindent 6 }}\n', name)]),
      ),
    };
    const [first, ...others] = await found(files, 'pod/privileged');
    expect(others).toEqual([]);
    expect(first).toEqual([
      'c/templates/_h.tpl:3 exact (c)',
      'c/templates/app0.yaml:8 included here',
      ...names.slice(1).map((name) => `c/templates/${name}.yaml:8 also in Pod ${name}`),
    ]);
  });

  test('a field that lacks in an empty value is added there', async () => {
    const files = {
      ...chart,
      'c/values.yaml': '# limits\nresources: {}\n',
      'c/templates/a.yaml': pod('resources:\n  {{- toYaml .Values.resources | nindent 8 }}\n'),
    };
    const places = await found(files, 'resources/*');
    expect(new Set(places.map(([place]) => place))).toEqual(new Set(['c/values.yaml:2 action (c)']));
  });

  test('comments in templates and in values suppress', async () => {
    const ignore = 'plimsoll-ignore pod/privileged: it must';
    const privileged = 'securityContext:\n  privileged: {{ .Values.open }}\n';
    const template = pod(privileged);
    const values = 'a: 1\nopen: true\n';
    const files = { ...chart, 'c/values.yaml': values, 'c/templates/a.yaml': template };
    expect(await found(files, 'pod/privileged')).toHaveLength(1);
    for (const more of [
      { 'c/values.yaml': values.replace('true', `true # ${ignore}`) },
      { 'c/values.yaml': values.replace('open', `# ${ignore}\nopen`) },
      { 'c/templates/a.yaml': template.replace('.Values.open }}', `.Values.open }} # ${ignore}`) },
      { 'c/templates/a.yaml': `{{/* ${ignore} */}}\n${template}` },
    ])
      expect(await found({ ...files, ...more }, 'pod/privileged')).toEqual([]);
  });
});

describe('overlays, built by the engine', () => {
  const base = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('securityContext:\n  privileged: true\n'),
  };

  test('a base that two overlays share is one finding, a patch is its overlay’s', async () => {
    const patch = pod('securityContext:\n  privileged: true\n  runAsUser: 0\n');
    const files = {
      'base/kustomization.yaml': 'resources: [pod.yaml]\n',
      'base/pod.yaml': pod('securityContext:\n  privileged: false\n  procMount: Unmasked\n'),
      'dev/kustomization.yaml': 'resources: [../base]\n',
      'prod/kustomization.yaml': 'resources:\n  - ../base\npatches:\n  - path: patch.yaml\n',
      'prod/patch.yaml': patch,
    };
    expect(await found(files, 'pod/privileged')).toEqual([
      [
        'prod/patch.yaml:9 exact (prod)',
        'prod/kustomization.yaml:4 brought in by patches[0]',
        'base/pod.yaml:9 the base has it here',
      ],
    ]);
    const [both] = await found({ ...files, 'base/pod.yaml': base['base/pod.yaml'] }, 'pod/privileged');
    expect(both?.[0]).toBe('base/pod.yaml:9 exact (dev)');
  });

  test('comments in patches suppress, in files and inline', async () => {
    const kustomization = `resources: [../base]
patches:
  - path: patch.yaml
  - patch: |-
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {hostPID: true}
`;
    const patch = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostIPC: true\n';
    const files = { ...base, 'prod/kustomization.yaml': kustomization, 'prod/patch.yaml': patch };
    expect(await found(files, 'pod/host-ipc,pod/host-pid')).toEqual([
      ['prod/kustomization.yaml:8 exact (prod)', 'prod/kustomization.yaml:4 brought in by patches[1]'],
      ['prod/patch.yaml:6 exact (prod)', 'prod/kustomization.yaml:3 brought in by patches[0]'],
    ]);
    const ignored = {
      'prod/kustomization.yaml': kustomization.replace('PID: true}', 'PID: true} # plimsoll-ignore pod/*: x'),
      'prod/patch.yaml': patch.replace('  host', '  # plimsoll-ignore pod/*: x\n  host'),
    };
    expect(await found({ ...files, ...ignored }, 'pod/host-ipc,pod/host-pid')).toEqual([]);
  });
});
