import { controlsOf } from '../compliance/controls.ts';
import type { SourceProblem } from '../discover/discover.ts';
import { directoryOf } from '../discover/path.ts';
import { isTestPath } from '../discover/test-path.ts';
import yamlInvalid from '../rules/schema/yaml-invalid.ts';
import type { Candidate } from './candidate.ts';
import { fill, type Locator, messageOf } from './locate.ts';

/** What is wrong with the YAML of a file, as a candidate of `schema/yaml-invalid`. */
export function yamlCandidate({ source, problem }: SourceProblem, locator: Locator): Candidate {
  const { path } = source;
  const { start, end, kind, message } = problem;
  return {
    rule: yamlInvalid.id,
    messageId: kind,
    severity: yamlInvalid.severity,
    // What tests have may be broken on purpose.
    recommended: yamlInvalid.recommended && !isTestPath(path),
    message: fill(messageOf(yamlInvalid, kind).text, { problem: locator.masked(message, [path]) }),
    target: directoryOf(path),
    location: locator.location({ file: path, start, end, role: 'literal', precision: 'exact' }),
    related: [],
    pointer: '',
    place: message,
    controls: controlsOf(yamlInvalid.controls, [], yamlInvalid.bundle),
    ...(/\bkind\W{1,4}Secret\b/.test(source.text) && { sensitive: true }),
  };
}
