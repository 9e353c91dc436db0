import { describe, expect, test } from '@jest/globals';
import type { HelmResponse } from '../../src/render/engine/protocol.ts';
import { helmText, renderedDocuments } from '../../src/render/helm-output.ts';

function rendered(
  outputs: Readonly<Record<string, string>>,
  crds: Readonly<Record<string, string>> = {},
): HelmResponse {
  const all = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, text]) => ({
      name,
      source: 0,
      bytes: Buffer.from(text),
      segments: new Int32Array(),
    }));
  return {
    name: 'c',
    outputs: all(outputs),
    crds: all(crds),
    sources: [],
    frames: new Int32Array(),
    leaves: [],
    sets: [],
    read: [],
  };
}

describe('what helm template prints', () => {
  /** The output of helm 4.1.4 for a chart whose templates print these texts. */
  test('as helm 4.1.4 does it', () => {
    const response = rendered(
      {
        'c/templates/a.yaml':
          '\n\n---\n# only comment\n---\n\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n   \n\n---   \napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b   \n---\n---\napiVersion: v1\nkind: Zeta\nmetadata:\n  name: z\ndata: |\n  x\n\n\n--- # trailing\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\n',
        'c/templates/b.yaml': 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n\n\n',
        'c/templates/empty.yaml': '  \n',
        'c/templates/h.yaml':
          '---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: test, helm.sh/hook-weight: "5"}\n\n---\napiVersion: v1\nkind: Job\nmetadata:\n  name: h2\n  annotations: {helm.sh/hook: pre-install, x: 1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: h3\n  annotations: {helm.sh/hook: bogus}\n---\nmetadata:\n  name: h4\n  annotations: {helm.sh/hook: Post-Install}\n\n\n',
      },
      { 'c/crds/x.yaml': 'kind: CustomResourceDefinition\n\n\n' },
    );
    const source = (file: string) => `---\n# Source: c/${file}\n`;
    expect(helmText(response)).toBe(
      [
        `${source('crds/x.yaml')}kind: CustomResourceDefinition\n\n\n\n`,
        `${source('templates/b.yaml')}apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n`,
        `${source('templates/a.yaml')}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n`,
        `${source('templates/a.yaml')}apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n`,
        `${source('templates/a.yaml')}# trailing\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\n`,
        `${source('templates/a.yaml')}# only comment\n`,
        `${source('templates/a.yaml')}---\napiVersion: v1\nkind: Zeta\nmetadata:\n  name: z\ndata: |\n  x\n`,
        `${source('templates/h.yaml')}apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: test, helm.sh/hook-weight: "5"}\n`,
        `${source('templates/h.yaml')}apiVersion: v1\nkind: Job\nmetadata:\n  name: h2\n  annotations: {helm.sh/hook: pre-install, x: 1}\n`,
        `${source('templates/h.yaml')}metadata:\n  name: h4\n  annotations: {helm.sh/hook: Post-Install}\n`,
      ].join(''),
    );
  });

  test('kinds that Helm does not know come last, by name and then as they were', () => {
    const object = (kind: string, name: string) => `kind: ${kind}\nmetadata: {name: ${name}}\n`;
    const response = rendered({
      'c/templates/a.yaml': [
        object('Widget', '1'),
        object('Apple', '2'),
        object('Widget', '3'),
        object('Ingress', '4'),
        object('Namespace', '5'),
      ].join('---\n'),
    });
    const names = renderedDocuments(response).map(({ text }) => /name: (\d)/.exec(text)?.[1]);
    expect(names).toEqual(['5', '4', '2', '1', '3']);
  });

  test('documents know where they begin in their output', () => {
    const response = rendered({ 'c/templates/a.yaml': '\n# é\nkind: A\n---\n\n  \nkind: B\n' });
    for (const { whole, start, text } of renderedDocuments(response))
      expect(whole.slice(start, start + text.length)).toBe(text);
    expect(renderedDocuments(response).map(({ start }) => start)).toEqual([1, 21]);
  });

  test('a text of nothing but line ends takes no time', () => {
    const response = rendered({ 'c/templates/a.yaml': `a: 1\n${'\n'.repeat(500_000)}---x` });
    expect(renderedDocuments(response)).toHaveLength(2);
  });
});
