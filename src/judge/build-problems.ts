import { controlsOf } from '../compliance/controls.ts';
import { directoryOf } from '../discover/path.ts';
import { isTestPath } from '../discover/test-path.ts';
import type { RenderedTarget, RenderProblem } from '../render/rendering.ts';
import buildBroken from '../rules/references/build-broken.ts';
import type { Candidate } from './candidate.ts';
import { fill, type Locator, messageOf } from './locate.ts';
import type { Notice } from './report.ts';

/** What kept a target from being rendered, as a candidate of `references/build-broken`. */
export function buildCandidate(
  { target }: RenderedTarget,
  { kind, message, file, start, end }: RenderProblem,
  locator: Locator,
): Candidate {
  const { severity = buildBroken.severity, recommended, text } = messageOf(buildBroken, kind);
  return {
    rule: buildBroken.id,
    messageId: kind,
    severity,
    // What tests have may be broken on purpose.
    recommended: (recommended ?? buildBroken.recommended) && !isTestPath(file),
    message: fill(text, { problem: locator.masked(message, target.files) }),
    target: target.name,
    location: locator.location({
      file,
      start,
      end,
      role: 'literal',
      precision: end > start ? 'exact' : 'file',
    }),
    related: [],
    madeIn: new Set(target.files.map(directoryOf)),
    pointer: '',
    place: message,
    controls: controlsOf(buildBroken.controls, [], buildBroken.bundle),
  };
}

/** What there is to say of what overlays were built without, when it makes no findings. */
export function leftOutNotice(candidates: readonly Candidate[]): Notice[] {
  const left = candidates.filter(
    ({ rule, messageId }) => rule === buildBroken.id && messageId === 'left-out',
  );
  const { size } = new Set(left.map(({ location, message }) => `${location.file} ${message}`));
  if (size === 0) return [];
  const what =
    size === 1
      ? 'One entry of an overlay leads out of the repository, and what it brings in'
      : `${size} entries of overlays lead out of the repository, and what they bring in`;
  return [{ message: `${what} was not checked; --only ${buildBroken.id} shows where.` }];
}

/** What there is to say of a target that lacks values with which another target renders the same chart. */
export function buildNotice({ target }: RenderedTarget, { file, renderedBy }: RenderProblem): Notice {
  return {
    message: `${target.name} lacks values and was not rendered; ${renderedBy} shows that the chart can be.`,
    file,
  };
}
