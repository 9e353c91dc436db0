import { describe, expect, test } from '@jest/globals';
import { absorb } from '../../src/judge/overlap.ts';
import { candidate } from './candidates.ts';

const volume = (name: string) => `/spec/volumes/[name=${name}]/hostPath`;
const mount = (container: string, name: string) =>
  `/spec/containers/[name=${container}]/volumeMounts/[name=${name}]/readOnly`;
const added = (container: string, name: string) =>
  `/spec/containers/[name=${container}]/securityContext/capabilities/add/[${name}]`;

const context = (container: string, name: string) =>
  `/spec/containers/[name=${container}]/securityContext/${name}`;

type Given = Parameters<typeof candidate>[0];
const hit = (rule: string, place: string, given: Given = {}) =>
  candidate({ rule: `pod/${rule}`, place, controls: [rule], ...given });

describe('absorb', () => {
  test.each<[string, ReturnType<typeof hit>[], string[]]>([
    [
      'a socket is not also a path',
      [
        hit('host-path', volume('a')),
        hit('host-path-sensitive', volume('a')),
        hit('runtime-socket', volume('a')),
      ],
      ['pod/runtime-socket: host-path host-path-sensitive runtime-socket'],
    ],
    [
      'what is written to is not also a path',
      [hit('host-path', volume('a')), hit('host-path-sensitive', mount('app', 'a'))],
      ['pod/host-path-sensitive: host-path host-path-sensitive'],
    ],
    [
      'findings of the most specific rule all stay',
      [
        hit('host-path-sensitive', volume('a')),
        hit('host-path-sensitive', mount('app', 'a')),
        hit('host-path', volume('a')),
      ],
      [
        'pod/host-path-sensitive: host-path host-path-sensitive',
        'pod/host-path-sensitive: host-path host-path-sensitive',
      ],
    ],
    [
      'other volumes are other faults',
      [hit('runtime-socket', volume('a')), hit('host-path', volume('b'))],
      ['pod/runtime-socket: runtime-socket', 'pod/host-path: host-path'],
    ],
    [
      'a value that is refused is one fault, whatever its schema says',
      ['schema/schema-invalid', 'schema/invalid-name-or-value'].map((rule) =>
        hit('', '/spec/interval', { rule, controls: [rule] }),
      ),
      ['schema/invalid-name-or-value: schema/invalid-name-or-value schema/schema-invalid'],
    ],
    [
      'a dangerous capability is not also an added one',
      [
        hit('capabilities-added', added('app', 'SYS_ADMIN')),
        hit('capabilities-dangerous', added('app', 'SYS_ADMIN')),
        hit('capabilities-added', added('app', 'NET_RAW')),
        hit('capabilities-added', added('proxy', 'SYS_ADMIN')),
      ],
      [
        'pod/capabilities-dangerous: capabilities-added capabilities-dangerous',
        'pod/capabilities-added: capabilities-added',
        'pod/capabilities-added: capabilities-added',
      ],
    ],
    [
      'other objects, files and targets are other faults',
      [
        hit('runtime-socket', volume('a')),
        hit('host-path', volume('a'), { object: { name: 'api' } }),
        hit('host-path', volume('a'), { object: { kind: 'DaemonSet' } }),
        hit('host-path', volume('a'), { object: { namespace: 'test' } }),
        hit('host-path', volume('a'), { file: 'other.yaml' }),
        hit('host-path', volume('a'), { target: 'prod' }),
      ],
      ['pod/runtime-socket: runtime-socket', ...Array(5).fill('pod/host-path: host-path')],
    ],
    [
      'the container does not matter for a volume',
      [
        hit('host-path', volume('a')),
        hit('host-path-sensitive', mount('app', 'a'), { object: { container: 'app' } }),
      ],
      ['pod/host-path-sensitive: host-path host-path-sensitive'],
    ],
    [
      'a privileged container may gain privileges, another one is another fault',
      [
        hit('privileged', context('app', 'privileged')),
        hit('privilege-escalation', context('app', 'allowPrivilegeEscalation')),
        hit('privilege-escalation', context('proxy', 'allowPrivilegeEscalation')),
      ],
      ['pod/privileged: privilege-escalation privileged', 'pod/privilege-escalation: privilege-escalation'],
    ],
    [
      'the network of the node has its ports',
      [
        hit('host-port', '/spec/template/spec/containers/[name=app]/ports/0/hostPort'),
        hit('host-network', '/spec/template/spec/hostNetwork'),
        hit('host-port', '/spec/template/spec/initContainers/[name=proxy]/ports/0/hostPort'),
      ],
      ['pod/host-network: host-network host-port'],
    ],
    [
      'user 0 is root, whatever the pod says',
      [
        hit('run-as-non-root', context('app', 'runAsNonRoot')),
        hit('run-as-root-uid', context('app', 'runAsUser')),
        hit('run-as-non-root', '/spec/securityContext/runAsNonRoot'),
      ],
      ['pod/run-as-root-uid: run-as-non-root run-as-root-uid', 'pod/run-as-non-root: run-as-non-root'],
    ],
    [
      'rules without an overlap stay, also at the same place',
      [hit('host-ipc', '/spec'), hit('host-pid', '/spec')],
      ['pod/host-ipc: host-ipc', 'pod/host-pid: host-pid'],
    ],
  ])('%s', (_, candidates, expected) => {
    const kept = absorb(candidates).map(({ rule, controls }) => `${rule}: ${controls.join(' ')}`);
    expect(kept).toEqual(expected);
  });
});
