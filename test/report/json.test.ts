import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { Location, NotChecked, Report, Suppression, Verdict } from '../../src/judge/report.ts';
import { jsonReport } from '../../src/report/json.ts';
import type { Severity } from '../../src/severity.ts';
import { fileFinding, finding, hostileTexts, manyFindings, report } from './report-builder.ts';

type DeepRequired<T> = T extends readonly (infer Item)[]
  ? readonly DeepRequired<Item>[]
  : T extends object
    ? { readonly [K in keyof T]-?: DeepRequired<T[K]> }
    : T;

const place = {
  file: 'deploy/api.yaml',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  precision: 'exact',
  role: 'values',
} as const;

/** Has every property that the type allows. */
const full: DeepRequired<Report> = {
  version: 1,
  tool: { name: 'plimsoll', version: '0.1.0' },
  verdict: {
    passed: true,
    failOn: 'high',
    scope: 'all',
    profile: 'recommended',
    new: 0,
    existing: 0,
    fixed: 0,
    suppressed: 1,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0, internal: 0 },
  },
  findings: [
    {
      rule: 'secrets/plaintext-secret',
      severity: 'high',
      message: 'Value of password is in clear text.',
      object: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db', container: 'app' },
      targets: ['deploy'],
      location: place,
      related: [{ ...place, message: 'used here through an alias' }],
      pointer: '/data/pass\nword',
      state: 'new',
      fingerprint: '0123456789abcdef',
      controls: ['nsa:secrets'],
      sensitive: true,
      suppressed: { by: 'waiver', reason: 'a test', owner: '@acme/team', until: '2027-03-31' },
    },
  ],
  coverage: {
    files: { total: 4, checked: 1, notKubernetes: 1, excluded: 1, failed: 1 },
    objects: 1,
    targets: 1,
    notChecked: [{ file: 'a.yaml', status: 'failed', cause: 'limit', reason: 'Nested too deep.' }],
    unknownKinds: [{ apiVersion: 'example.com/v1', kind: 'Widget', objects: 1 }],
  },
  notices: [{ message: 'The waiver matches nothing.', file: '.plimsoll.yaml', line: 2 }],
};

/** The properties of {@link full} that the type does not demand. */
const optional = [
  '/findings/0/object',
  '/findings/0/object/namespace',
  '/findings/0/object/container',
  '/findings/0/sensitive',
  '/findings/0/suppressed',
  '/findings/0/suppressed/owner',
  '/findings/0/suppressed/until',
  '/notices/0/file',
  '/notices/0/line',
];

const schemaFile = new URL('../../schemas/report.schema.json', import.meta.url);
const schema: Record<string, unknown> = JSON.parse(readFileSync(schemaFile, 'utf8'));
const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);

function problemsOf(value: unknown): unknown[] {
  validate(value);
  return validate.errors ?? [];
}

/** JSON pointers of all properties of objects in `value`. */
function pointersOf(value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = `${pointer}/${key}`;
    return Array.isArray(value) ? pointersOf(child, at) : [at, ...pointersOf(child, at)];
  });
}

/** A copy with one property set, or left out when `replacement` is undefined. */
function replaceAt(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const child = replaceAt(copy[key], rest, replacement);
  if (child === undefined) delete copy[key];
  else copy[key] = child;
  return copy;
}

function withChange(pointer: string, replacement: unknown): unknown {
  return replaceAt(full, pointer.split('/').slice(1), replacement);
}

describe('report.schema.json', () => {
  test.each<[string, Report]>([
    ['of an empty repository', report({ files: { total: 0, checked: 0, notKubernetes: 0 } })],
    ['with findings', report({ findings: [finding(), fileFinding()] })],
    ['with hostile names', report({ findings: hostileTexts.map((text) => finding({ message: text })) })],
    ['with everything', full],
  ])('accepts a report %s', (_, value) => {
    expect(problemsOf(JSON.parse(jsonReport(value)))).toEqual([]);
  });

  test.each(optional.map((pointer) => [pointer]))('accepts a report without %s', (pointer) => {
    expect(problemsOf(withChange(pointer, undefined))).toEqual([]);
  });

  test.each(
    pointersOf(full)
      .filter((pointer) => !optional.includes(pointer))
      .map((pointer) => [pointer]),
  )('rejects a report without %s', (pointer) => {
    expect(problemsOf(withChange(pointer, undefined))).not.toEqual([]);
  });

  const surplus = new Set(pointersOf(full).map((pointer) => pointer.replace(/[^/]+$/, 'surplus')));
  test.each<[string, unknown]>([
    ...pointersOf(full).map((pointer): [string, unknown] => [pointer, null]),
    ...Array.from(surplus, (pointer): [string, unknown] => [pointer, 'x']),
    ['/version', 2],
    ['/verdict/failOn', 'info'],
    ['/verdict/new', -1],
    ['/findings/0/severity', 'error'],
    ['/findings/0/rule', 'privileged'],
    ['/findings/0/pointer', 'spec'],
    ['/findings/0/fingerprint', 'xyz'],
    ['/findings/0/sensitive', false],
    ['/findings/0/location/line', 0],
    ['/findings/0/location/column', 1.5],
    ['/findings/0/location/file', ''],
    ['/findings/0/related/0/role', 'other'],
    ['/findings/0/suppressed/reason', ''],
    ['/findings/0/suppressed/until', 'tomorrow'],
    ['/coverage/notChecked/0/cause', 'bored'],
  ])('rejects a report with %s: %j', (pointer, value) => {
    expect(problemsOf(withChange(pointer, value))).not.toEqual([]);
  });
});

describe('report.schema.json has no more than the type:', () => {
  /** All values of `key` in the schema, at any depth. */
  const valuesOf = (key: string, value: unknown = schema): unknown[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, child]) => [
          ...(name === key ? [child] : []),
          ...valuesOf(key, child),
        ]);

  test('properties', () => {
    const described = valuesOf('properties').flatMap((properties) => Object.keys(properties as object));
    const names = pointersOf(full).map((pointer) => pointer.replace(/.*\//s, ''));
    expect([...new Set(described)].sort()).toEqual([...new Set(names)].sort());
  });

  test('words', () => {
    const severity: Record<Severity, 0> = { critical: 0, high: 0, medium: 0, low: 0, info: 0, internal: 0 };
    const failOn: Record<Verdict['failOn'], 0> = { critical: 0, high: 0, medium: 0, low: 0, never: 0 };
    const scope: Record<Verdict['scope'], 0> = { changed: 0, all: 0 };
    const state: Record<Report['findings'][number]['state'], 0> = { new: 0, existing: 0 };
    const by: Record<Suppression['by'], 0> = { comment: 0, annotation: 0, waiver: 0 };
    const precision: Record<Location['precision'], 0> = { exact: 0, action: 0, file: 0 };
    const status: Record<NotChecked['status'], 0> = { excluded: 0, failed: 0 };
    const role: Record<Location['role'], 0> = {
      literal: 0,
      values: 0,
      template: 0,
      helper: 0,
      dependency: 0,
      patch: 0,
      base: 0,
      kustomization: 0,
      generator: 0,
    };
    const cause: Record<NotChecked['cause'], 0> = {
      'config-exclude': 0,
      'build-broken': 0,
      'needs-values': 0,
      'missing-dependency': 0,
      'not-used': 0,
      'go-template': 0,
      'unresolved-variable': 0,
      'too-large': 0,
      unreadable: 0,
      'not-text': 0,
      'yaml-invalid': 0,
      limit: 0,
      defect: 0,
    };
    const words = [severity, failOn, scope, state, by, precision, status, role, cause].map(sortedKeys);
    const described = valuesOf('enum').map((values) =>
      sortedKeys(Object.fromEntries((values as []).map((value) => [value, 0]))),
    );
    expect(described.sort()).toEqual(words.sort());
  });

  function sortedKeys(words: object): string {
    return Object.keys(words).sort().join(' ');
  }
});

describe('jsonReport', () => {
  test('is indented by two and ends with a newline', () => {
    const text = jsonReport(report());
    expect(text.split('\n').slice(0, 3)).toEqual(['{', '  "version": 1,', '  "tool": {']);
    expect(text.endsWith('\n}\n')).toBe(true);
  });

  test('holds the same data whatever it escapes', () => {
    const value = report({
      findings: hostileTexts.map((message) => finding({ message, pointer: `/${message}` })),
    });
    expect(JSON.parse(jsonReport(value))).toEqual(value);
  });

  test('may be printed to a workflow log', () => {
    const text = jsonReport(report({ findings: hostileTexts.map((message) => finding({ message })) }));
    expect(text.split('\n').filter((line) => /^\s*::|##\[|[\p{Cc}\p{Cf}\p{Cs}]/u.test(line))).toEqual([]);
  });

  test('20,000 findings', () => {
    expect(JSON.parse(jsonReport(report({ findings: manyFindings(20_000) }))).findings).toHaveLength(20_000);
  });
});
