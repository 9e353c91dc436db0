import { describe, expect, test } from '@jest/globals';
import { commentedVariable, hasTemplating, unresolvedVariable } from '../../src/discover/templating.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

describe('a template', () => {
  test.each<[string, boolean]>([
    ['name: {{ .Values.name }}\n', true],
    ['name: {{ name }}\n', true],
    ['a:\n{{- if .Values.a }}\n  b: 1\n{{- end }}\n', true],
    ['a:\n  {{- toYaml .Values.a | nindent 2 }}\n', true],
    ['{{ define "x" }}\na: b\n{{ end }}\n', true],
    ['a: [1\nb: {{ .x }}\n', true],
    ['a:\n{% if b %}\n  - c\n{% endif %}\n', true],
    ['a: |\n  {% if b %}\n', false],
    ['name: "{{ .Values.name }}"\n', false],
    ["summary: '{{ $labels.pod }} is down'\n", false],
    ['text: |\n  {{ $labels.pod }} is down\n', false],
    ['# {{ .Values.x }}\na: b\n', false],
    ['a: b\n c: d\nsummary: "{{ $labels.pod }} is down"\n', false],
    ['a: b\n c: d\ntext: >-\n  {{ $labels.pod }} is down\n', false],
    ['a: {b: {c: d}}\n', false],
    ['a: b\n', false],
  ])('%j: %s', (text, expected) => {
    const { documents, problems } = parseYaml(text);
    expect(hasTemplating(text, documents, problems.length > 0)).toBe(expected);
  });
});

describe('an unresolved variable', () => {
  test.each<[string, string | undefined]>([
    ['metadata: {name: "${CLUSTER}"}', 'CLUSTER'],
    ['spec:\n  host: app.${DOMAIN}\n', 'DOMAIN'],
    ['spec: {replicas: "${REPLICAS:=2}"}', 'REPLICAS'],
    ['spec: {items: [a, "${LAST}"]}', 'LAST'],
    ['data: {a: "${SHELL}"}', undefined],
    ['spec: {command: [sh, -c, "echo ${HOME}"]}', undefined],
    ['metadata: {annotations: {a: "${x}"}}', undefined],
    ['env: [{name: URL, value: "http://${HOST}"}]', undefined],
    ['spec: {script: "${x}"}', undefined],
    ['spec:\n  query: |\n    ${x}\n', undefined],
    ['spec: {a: "$(VAR)", b: "$VAR", c: "$${VAR}"}', undefined],
    ['spec: {a: "${0}", b: "${}"}', undefined],
  ])('%j: %s', (text, expected) => {
    const [document] = parseYaml(text).documents;
    expect(document && unresolvedVariable(document)?.name).toBe(expected);
  });
});

test.each<[string, string | undefined]>([
  ['subjects:\n- kind: User\n  name: ##USER##\n', '##USER##'],
  ['- name: ##USER##\n', '##USER##'],
  ['name: a ##USER##\n', undefined],
  ['spec: ## the rest ##\n', undefined],
  ['## SPEC ##\nname: a\n', undefined],
])('a variable in a comment: %j: %s', (text, expected) => {
  expect(commentedVariable(text)).toBe(expected);
});
