/** One thing that gets applied to a cluster: for now, the plain manifests of one directory. */
export interface Target {
  readonly kind: 'manifests';
  /** How reports name the target: the directory's path, `.` for the root. */
  readonly name: string;
  /** False when a file that belongs to it could not be read: what seems to be missing may be in there. */
  readonly complete: boolean;
  /** Paths of the files that it is made of, sorted. */
  readonly files: readonly string[];
}
