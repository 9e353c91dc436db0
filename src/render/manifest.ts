import type { Target } from '../discover/target.ts';
import type { Field } from '../kubernetes/field.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** One Kubernetes object of a rendered target, and where each of its fields comes from. */
export interface Manifest extends KubernetesObject {
  readonly target: Target;
  /** Path of the file that the object is written in, or that brings it in: of a template, a base, a generator's entry. */
  readonly file: string;
  /**
   * The places in repository files that a field comes from, the one to edit first. A field that does not exist is
   * placed at its nearest existing ancestor.
   * @param part the part of the field's text that is in question, when a text may be put together from several places
   */
  originsOf(place: Field, part?: string): readonly Origin[];
}

/** A span in a file of the repository that a field comes from. */
export interface Origin {
  readonly file: string;
  /** UTF-16 offsets in the file's text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** `dependency` is the entry of a Chart.yaml that brings a vendored chart in. */
  readonly role:
    | 'literal'
    | 'values'
    | 'template'
    | 'helper'
    | 'dependency'
    | 'patch'
    | 'base'
    | 'kustomization'
    | 'generator';
  readonly precision: 'exact' | 'action' | 'file';
  /** What this place has to do with the field; for all but the first. */
  readonly note?: string;
}
