import type { Candidate } from '../../src/judge/candidate.ts';
import type { Location, ObjectIdentity } from '../../src/judge/report.ts';

/** A candidate about a Deployment in `web.yaml`, with what matters to a test. */
export function candidate(
  given: Partial<Omit<Candidate, 'location' | 'object'>> & {
    readonly file?: string;
    readonly line?: number;
    readonly object?: Partial<ObjectIdentity>;
  } = {},
): Candidate {
  const { file = 'web.yaml', line = 10, object, ...rest } = given;
  const pointer = rest.pointer ?? '/spec/template/spec/hostPID';
  return {
    rule: 'pod/host-pid',
    messageId: 'hostPid',
    severity: 'high',
    recommended: true,
    message: 'The pod shares the process namespace of the node.',
    target: '.',
    related: [],
    controls: [],
    place: pointer,
    ...rest,
    pointer,
    location: location(file, line),
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', ...object },
  };
}

export function location(file: string, line: number): Location {
  return { file, line, column: 3, endLine: line, endColumn: 16, precision: 'exact', role: 'literal' };
}

export const ruleIds = [
  'pod/host-pid',
  'pod/host-path',
  'pod/host-path-sensitive',
  'pod/runtime-socket',
  'pod/capabilities-added',
  'pod/capabilities-dangerous',
  'pod/privileged',
  'image/mutable-tag',
  'schema/yaml-invalid',
];
