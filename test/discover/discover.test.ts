import { expect, test } from '@jest/globals';
import { checkFiles } from '../fixtures.ts';

const config = 'kubelet-arg:\n  - read-only-port=10255\n';
const finding = 'control-plane/kubelet-config';

test.each<[string, string, boolean]>([
  ['k3s', config, true],
  ['a machine configuration of Talos', 'version: v1alpha1\nmachine:\n  kubelet: {}\ncluster: {}\n', true],
  ['a patch of one', 'machine:\n  kubelet:\n    extraArgs: {}\n', true],
  [
    'with the text of an object in it',
    'machine:\n  type: controlplane\ncluster:\n  inlineManifests:\n    - name: a\n      contents: |\n        apiVersion: v1\n        kind: Namespace\n',
    true,
  ],
  ['talhelper', 'clusterName: a\nendpoint: https://a:6443\nnodes: []\n', true],
  ['another cluster', 'cluster:\n  name: a\n', false],
  ['another machine', 'machine: x86\n', false],
  ['no YAML', 'kubelet-arg:\n  - [\n', false],
])('%s counts as checked: %p', async (_, text, isChecked) => {
  const { coverage } = await checkFiles({ 'nodes/a.yaml': text, 'README.md': '' });
  expect(coverage.files).toMatchObject({ total: 2, checked: isChecked ? 1 : 0, failed: 0 });
});

test('each document is seen, and objects beside it', async () => {
  const text = `${config}---\n${config}---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n`;
  const report = await checkFiles({ 'nodes/a.yaml': text }, { only: finding });
  expect(report.findings.map(({ location }) => location.line)).toEqual([2, 5]);
});
