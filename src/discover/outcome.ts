/** What became of one file of the tree: every file has exactly one. */
export type FileOutcome =
  | { readonly file: string; readonly status: 'checked' | 'notKubernetes' }
  | NotChecked;

/** A file that was left out, and why. */
export interface NotChecked {
  readonly file: string;
  readonly status: 'excluded' | 'failed';
  /** Short name of the cause, one for all files with it: groups them in human output. */
  readonly cause:
    | 'config-exclude'
    | 'build-broken'
    | 'needs-values'
    | 'missing-dependency'
    | 'not-used'
    | 'go-template'
    | 'unresolved-variable'
    | 'too-large'
    | 'unreadable'
    | 'not-text'
    | 'yaml-invalid'
    | 'limit'
    | 'defect';
  /** One sentence, with the chart's or overlay's path where there is one. */
  readonly reason: string;
}

/** A file that could not be checked. */
export function failed(file: string, cause: NotChecked['cause'], reason: string): NotChecked {
  return { file, status: 'failed', cause, reason };
}
