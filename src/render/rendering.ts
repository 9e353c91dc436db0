import type { SourceFile } from '../discover/source-file.ts';
import type { Target } from '../discover/target.ts';
import type { Manifest } from './manifest.ts';

/** What became of one target. */
export interface RenderedTarget {
  readonly target: Target;
  readonly manifests: readonly Manifest[];
  readonly problems: readonly RenderProblem[];
  /** False when something that belongs to the target is not among the manifests. */
  readonly complete: boolean;
  /** Paths of the files that it was rendered from, sorted. */
  readonly read: readonly string[];
}

/** Something that kept a target, or a part of it, from being rendered. */
export interface RenderProblem {
  /**
   * `broken`: cannot be rendered by anyone. `needs-values`: would render with values that nobody gave. `dependency`: a
   * subchart is not in the repository. `left-out`: would need the network or run a program. `limit`: takes too long or
   * too much memory. `internal`: a defect of Plimsoll.
   */
  readonly kind: 'broken' | 'needs-values' | 'dependency' | 'left-out' | 'limit' | 'internal';
  /** One or more sentences: what is wrong, and what to do. */
  readonly message: string;
  /** The file to look at, and UTF-16 offsets in its text; `end` exclusive. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** For `needs-values`: the name of a target that renders the same chart, which is proof that it can be rendered. */
  readonly renderedBy?: string;
}

/** The files of the tree that origins may point into; parsed when they are asked for. */
export interface Sources {
  /** A chart's template has no `documents`. */
  get(path: string): SourceFile | undefined;
  values(): Iterable<SourceFile>;
}
