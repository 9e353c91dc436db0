import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createEngine } from '../../../src/render/engine/load.ts';
import type { EngineFile, Fault } from '../../../src/render/engine/protocol.ts';

// The engine as it is shipped. A deadline is one of the ways in which a bomb may end.
const engine = createEngine(pathToFileURL(`${resolve('dist')}/`), { workers: 1, deadlineMs: 6_000 });
afterAll(() => engine.close());

type Files = Readonly<Record<string, string | Uint8Array>>;

const given = (files: Files): EngineFile[] =>
  Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.from(content) }));

async function render(files: Files): Promise<Fault | string> {
  const chart = { 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', ...files };
  const answer = await engine.helm({ op: 'helm', chart: 'c', values: [], files: given(chart) });
  return 'fault' in answer ? answer.fault : textOf(answer.ok.outputs);
}

async function build(files: Files, root = 'o'): Promise<Fault | string> {
  const answer = await engine.kustomize({ op: 'kustomize', root, files: given(files) });
  if ('fault' in answer) return answer.fault;
  const left = answer.ok.left.map(({ kind, text }) => `left ${kind}: ${text}\n`);
  return left.join('') + textOf(answer.ok.documents);
}

const textOf = (parts: readonly { readonly bytes: Uint8Array }[]) =>
  parts.map(({ bytes }) => Buffer.from(bytes).toString()).join('---\n');

/** After whatever happened, the engine answers. */
async function works(): Promise<void> {
  expect(await render({ 'c/templates/a.yaml': 'a: {{ add 1 2 }}\n' })).toBe('a: 3\n');
}

const template = (text: string, values = 'a: 1\n'): Files => ({
  'c/templates/a.yaml': text,
  'c/values.yaml': values,
});

/** Ten levels of ten aliases: 10¹⁰ leaves. */
const aliases = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
for (let i = 1; i <= 10; i++)
  aliases.push(
    `a${i}: &a${i} [${Array(10)
      .fill(`*a${i - 1}`)
      .join(',')}]`,
  );
const bomb = `${aliases.join('\n')}\n`;

interface TarEntry {
  readonly name: string;
  readonly content?: string;
  /** What the header says, if not the size of the content. */
  readonly size?: number;
  readonly type?: string;
  readonly link?: string;
}

/** A .tgz; with entries that no well-meaning program would write. */
function tgz(entries: readonly TarEntry[], ended = true): Buffer {
  const parts = entries.flatMap(({ name, content = '', size, type = '0', link = '' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write((size ?? Buffer.byteLength(content)).toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.from(content);
    return [header, body, Buffer.alloc(-body.length & 511)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(ended ? 1024 : 0)]));
}

const subchart = 'apiVersion: v2\nname: s\nversion: 1.0.0\n';
const archive = (...entries: TarEntry[]): Files => ({
  'c/charts/s-1.0.0.tgz': tgz([{ name: 's/Chart.yaml', content: subchart }, ...entries]),
  'c/templates/a.yaml': 'a: 1\n',
});

/** An archive whose file of 1 GB is not there, and a gigabyte of zeros after it: .gz files may be strung together. */
const gzipBomb = Buffer.concat([
  tgz(
    [
      { name: 's/Chart.yaml', content: subchart },
      { name: 's/big', size: 2 ** 30 },
    ],
    false,
  ),
  ...Array(64).fill(gzipSync(Buffer.alloc(2 ** 24))),
]);

const deep = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count);

const charts: Readonly<Record<string, Files>> = {
  'include includes itself': template('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'),
  'template calls itself': template('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}'),
  'tpl renders itself': template('{{ tpl .Values.t . }}', 't: "{{ tpl .Values.t . }}"\n'),
  'tpl renders itself twice': template(
    '{{ tpl .Values.t . }}',
    't: "{{ tpl .Values.t . }}{{ tpl .Values.t . }}"\n',
  ),
  'a list of 10⁸': template('{{ range until 100000000 }}x{{ end }}'),
  '10¹² rounds': template('{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}'),
  '16 TB of output': template(
    '{{ range until 1000000 }}{{ range until 1000000 }}xxxxxxxxxxxxxxxx{{ end }}{{ end }}',
  ),
  '100 MB of output': template(`{{ range until 100000 }}${'x'.repeat(1000)}{{ end }}`),
  '100 MB through an action': template(
    `{{ range until 100000 }}{{ $.Values.t }}{{ end }}`,
    `t: ${'x'.repeat(1000)}\n`,
  ),
  'repeat 10⁹': template('{{ repeat 1000000000 "abcdefgh" }}'),
  'repeat of a repeat': template('{{ repeat 10000 (repeat 10000 (repeat 10000 "x")) | len }}'),
  'indent 10⁹': template('{{ "a" | indent 1000000000 }}'),
  'nindent 10⁹': template('{{ "a" | nindent 1000000000 }}'),
  'a string doubled by printf': template(
    '{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}',
  ),
  'a string doubled by cat': template(
    '{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = cat $x $x }}{{ end }}',
  ),
  'a string doubled by replace': template(
    '{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = replace "a" "aa" $x }}{{ end }}',
  ),
  'a string grown by quoting': template('{{ $x := "\\"" }}{{ range until 60 }}{{ $x = quote $x }}{{ end }}'),
  'a string grown by b64enc': template(
    '{{ $x := "aaaaaaaa" }}{{ range until 200 }}{{ $x = b64enc $x }}{{ end }}',
  ),
  'a string doubled by include': template(
    '{{ define "d" }}{{ . }}{{ . }}{{ end }}{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = include "d" $x }}{{ end }}',
  ),
  'a list doubled by concat': template(
    '{{ $x := list 1 2 }}{{ range until 40 }}{{ $x = concat $x $x }}{{ end }}',
  ),
  'a map that doubles as text': template(
    '{{ $x := dict }}{{ range until 40 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ toYaml $x }}',
  ),
  'randAlphaNum 10⁹': template('{{ randAlphaNum 1000000000 }}'),
  'regexReplaceAll that doubles': template(
    '{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = regexReplaceAll "a" $x "aa" }}{{ end }}',
  ),
  'aliases in values': template('{{ .Values.a10 | toYaml }}', bomb),
  '200,000 lists in each other in values': template('x', `a: ${deep('[', ']', 200_000)}`),
  '50,000 parentheses': template(`{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`),
  '20,000 ifs in each other': template(`${'{{ if true }}'.repeat(20_000)}x${'{{ end }}'.repeat(20_000)}`),
  'a map that holds itself, printed': template('{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}'),
  'a map that holds itself, as YAML': template('{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toYaml $d }}'),
  'a map that holds itself, as JSON': template('{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toJson $d }}'),
  'a map that holds itself, copied': template(
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ deepCopy $d | len }}',
  ),
  'a map that holds itself, compared': template(
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $e := dict "a" $d }}{{ deepEqual $d $e }}',
  ),
  'values that hold themselves': template('{{ $_ := set .Values "a" .Values }}{{ tpl "{{ .Values }}" . }}'),
  'an index that is not there': template('{{ index .Values.l 99 }}', 'l: [1]\n'),
  'passwords without end': template(
    '{{ range until 1000000 }}{{ derivePassword 1 "long" "a" "b" "c" }}{{ end }}',
  ),
  'bcrypt without end': template('{{ range until 1000000 }}{{ htpasswd "a" "b" }}{{ end }}'),
  'a schema from the network': {
    ...template('a: 1\n'),
    'c/values.schema.json': '{"$ref": "https://example.com/schema.json"}',
  },
  'a schema from the file system': {
    ...template('a: 1\n'),
    'c/values.schema.json': '{"$ref": "file:///etc/passwd"}',
  },
  'a schema that refers to itself': { ...template('a: 1\n'), 'c/values.schema.json': '{"$ref": "#"}' },
  'a subchart that decompresses to 1 GB': {
    'c/charts/s-1.0.0.tgz': gzipBomb,
    'c/templates/a.yaml': 'a: 1\n',
  },
  'a subchart that says it has 8 GB': archive({ name: 's/big', content: 'x', size: 8 * 2 ** 30 - 1 }),
  'a subchart with a path that leads out': archive({ name: 's/../../../etc/passwd', content: 'x' }),
  'a subchart that is cut off': {
    'c/charts/s-1.0.0.tgz': tgz([{ name: 's/Chart.yaml', content: subchart }]).subarray(0, 60),
    'c/templates/a.yaml': 'a: 1\n',
  },
};

/** What is harmless after all, and what comes of it. */
const harmless: Readonly<Record<string, readonly [Files, string]>> = {
  'a subchart with a symbolic link': [
    archive({ name: 's/templates/l', type: '2', link: '/etc/passwd' }),
    'a: 1\n',
  ],
  'a subchart with a hard link': [
    archive({ name: 's/templates/l', type: '1', link: '/etc/passwd' }),
    'a: 1\n',
  ],
  'a subchart with a device': [archive({ name: 's/templates/l', type: '3' }), 'a: 1\n'],
  'a file that is not there': [template('a: {{ .Files.Get "/etc/passwd" | quote }}\n'), 'a: ""\n'],
  'files above the chart': [template('a: {{ .Files.Get "../o/secret" | quote }}\n'), 'a: ""\n'],
  'printf with a width of 10⁹': [template('{{ printf "%1000000000d" 1 }}'), '%!(NOVERB)%!(EXTRA int=1)'],
  'a regular expression of 10⁶ states': [template('{{ regexMatch "(a{1,1000}){1,1000}" "a" }}'), 'false'],
  'aliases in fromYaml': [
    { ...template('{{ .Files.Get "b.yaml" | fromYaml | toYaml }}'), 'c/b.yaml': bomb },
    "Error: 'error converting YAML to JSON: yaml: document contains excessive aliasing'",
  ],
  '100,000 objects in each other in fromJson': [
    {
      ...template('{{ .Files.Get "b.json" | fromJson | toJson }}'),
      'c/b.json': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    },
    '{"Error":"invalid character \'{\' exceeded max depth"}',
  ],
  'a subchart with an absolute path': [archive({ name: '/etc/passwd', content: 'x' }), 'a: 1\n'],
  'the environment': [template('a: {{ "$PATH" }}\n'), 'a: $PATH\n'],
  'names of hosts': [template('a: {{ getHostByName "example.com" | quote }}\n'), 'a: ""\n'],
};

describe('a hostile chart ends in a fault, and the next one is rendered', () => {
  test.each(Object.entries(charts))('%s', async (_, files) => {
    expect(await render(files)).toEqual(
      expect.objectContaining({
        code: expect.not.stringMatching(/internal/),
        message: expect.stringMatching(/^.{10,2100}$/s),
      }),
    );
    await works();
  });

  test.each(Object.entries(harmless))('%s is harmless', async (_, [files, output]) => {
    expect(await render(files)).toBe(output);
  });
});

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

/** `count` overlays, each of which builds on the one before; the last is o. */
function chain(count: number): Files {
  const files: Record<string, string> = {
    'o0/kustomization.yaml': 'resources: [a.yaml]\n',
    'o0/a.yaml': configMap,
  };
  for (let i = 1; i < count; i++) files[`o${i}/kustomization.yaml`] = `resources: [../o${i - 1}]\n`;
  return { ...files, 'o/kustomization.yaml': `resources: [../o${count - 1}]\n` };
}

/** Every overlay uses the one before twice, under other names: 2³⁰ objects. */
function doubling(count: number): Files {
  const files: Record<string, string> = {
    'o0/kustomization.yaml': 'resources: [a.yaml]\n',
    'o0/a.yaml': configMap,
  };
  for (let i = 1; i <= count; i++) {
    for (const side of ['l', 'r']) {
      files[`${side}${i}/kustomization.yaml`] = `namePrefix: ${side}\nresources: [../o${i - 1}]\n`;
    }
    files[`o${i}/kustomization.yaml`] = `resources: [../l${i}, ../r${i}]\n`;
  }
  return { ...files, 'o/kustomization.yaml': `resources: [../o${count}]\n` };
}

const overlay = (text: string, more: Files = {}): Files => ({
  'o/kustomization.yaml': `resources: [a.yaml]\n${text}`,
  'o/a.yaml': configMap,
  ...more,
});

const copies = Array.from({ length: 40 }, (_, i) => `{"op":"copy","from":"/data","path":"/data/k${i}"}`).join(
  ',',
);

const kustomizations: Readonly<Record<string, Files>> = {
  'bases in a circle': {
    'o/kustomization.yaml': 'resources: [../p]\n',
    'p/kustomization.yaml': 'resources: [../o]\n',
  },
  'a kustomization that uses itself': { 'o/kustomization.yaml': 'resources: [.]\n' },
  'components in a circle': {
    'o/kustomization.yaml': 'components: [../p]\n',
    'p/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../p]\n',
  },
  '2³⁰ objects from 91 overlays': doubling(30),
  '1,000 overlays on each other': chain(1_000),
  'aliases in a resource': overlay('', { 'o/a.yaml': `${configMap}data:\n  ${aliases.join('\n  ')}\n` }),
  'aliases in the kustomization': overlay(`openapi: {path: x}\nx:\n  ${aliases.join('\n  ')}\n`),
  '100,000 lists in each other': overlay('', {
    'o/a.yaml': `${configMap}data: ${deep('[', ']', 100_000)}\n`,
  }),
  '9,000 lists in each other, patched': overlay('patches: [{path: p.yaml}]\n', {
    'o/a.yaml': `${configMap}data: ${deep('[', ']', 9_000)}\n`,
    'o/p.yaml': `${configMap}data: ${deep('[', ']', 9_000)}\n`,
  }),
  'a patch that copies what it copied': overlay(
    `patches: [{target: {kind: ConfigMap}, patch: '[${copies}]'}]\n`,
    {
      'o/a.yaml': `${configMap}data: {a: b}\n`,
    },
  ),
  'a regular expression of 10⁶ states': overlay(
    'patches: [{target: {name: "(a{1,1000}){1,1000}"}, patch: "- {op: add, path: /x, value: 1}"}]\n',
  ),
  'a file above the repository': { 'o/kustomization.yaml': 'resources: [../../../../../etc/passwd]\n' },
  'a file of the machine': { 'o/kustomization.yaml': 'resources: [/etc/passwd]\n' },
  'a generator of a file of the machine': overlay('configMapGenerator: [{name: b, files: [/etc/passwd]}]\n'),
  'openapi of the machine': overlay('openapi: {path: /etc/passwd}\n'),
};

/** What would need the network or a program is left out, and said so. */
const left: Readonly<Record<string, readonly [Files, string]>> = {
  'a resource from the network': [overlay('components: ["https://example.com/a.git//b?ref=c"]\n'), 'remote'],
  'a program as a generator': [
    overlay('generators: [g.yaml]\n', {
      'o/g.yaml': `apiVersion: v1
kind: G
metadata:
  name: g
  annotations:
    config.kubernetes.io/function: "exec: {path: /bin/sh}"
`,
    }),
    'function',
  ],
  'a chart from the network': [
    overlay('helmCharts: [{name: c, repo: "https://example.com", version: 1.0.0}]\n'),
    'chart',
  ],
};

describe('a hostile kustomization ends in a fault, and the next request is answered', () => {
  test.each(Object.entries(kustomizations))('%s', async (_, files) => {
    expect(await build(files)).toEqual(
      expect.objectContaining({
        code: expect.not.stringMatching(/internal/),
        message: expect.stringMatching(/^.{10,2100}$/s),
      }),
    );
    await works();
  });

  test.each(Object.entries(left))('%s is left out', async (_, [files, kind]) => {
    expect(await build(files)).toMatch(new RegExp(`^left ${kind}: .*kind: ConfigMap`, 's'));
  });
});
