import { controlsOf } from '../compliance/controls.ts';
import { directoryOf } from '../discover/path.ts';
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
  const { severity = buildBroken.severity, text } = messageOf(buildBroken, kind);
  return {
    rule: buildBroken.id,
    messageId: kind,
    severity,
    recommended: buildBroken.recommended,
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

/** What there is to say of a target that lacks values with which another target renders the same chart. */
export function buildNotice({ target }: RenderedTarget, { file, renderedBy }: RenderProblem): Notice {
  return {
    message: `${target.name} lacks values and was not rendered; ${renderedBy} shows that the chart can be.`,
    file,
  };
}
