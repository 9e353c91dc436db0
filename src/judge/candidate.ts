import type { Severity } from '../severity.ts';
import type { Location, ObjectIdentity, RelatedLocation } from './report.ts';

/** What a rule said about an object, located, before it is judged. */
export interface Candidate {
  readonly rule: string;
  readonly messageId: string;
  readonly severity: Severity;
  /** Whether the profile `recommended` has it; `strict` has everything. */
  readonly recommended: boolean;
  readonly message: string;
  /** Absent for what is said about a file as such (`schema/yaml-invalid`). */
  readonly object?: ObjectIdentity;
  /** Name of the target. */
  readonly target: string;
  readonly location: Location;
  readonly related: readonly RelatedLocation[];
  /**
   * Lines of templates that print the field, when it comes from values, and the entry of a generator that takes it from a
   * file: comments there count as well.
   */
  readonly printedAt?: readonly Location[];
  /** Directories whose files it may be due to, wherever it shows; also files that are not there any more. */
  readonly madeIn?: ReadonlySet<string>;
  /** JSON pointer into the object; empty for the object or file as a whole. */
  readonly pointer: string;
  /** The pointer with list indexes replaced by what identifies the item (see `stablePointer`). */
  readonly place: string;
  /** Sorted, each once. */
  readonly controls: readonly string[];
  /** True when the marked text is secret. */
  readonly sensitive?: true;
  /** True when the text at the place is the fault itself, as a committed secret is, whatever is made of it. */
  readonly isText?: true;
  /** `metadata.annotations` of the object: the same value as in `AnnotatedObject`, not a copy. */
  readonly annotations?: Readonly<Record<string, unknown>>;
}
