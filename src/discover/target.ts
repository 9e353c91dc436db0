/** One thing that gets applied to a cluster. */
export type Target = ManifestsTarget | ChartTarget | OverlayTarget;

interface TargetBase {
  /** How reports name the target: a directory's path (`.` for the root), for charts with the values set. */
  readonly name: string;
  /** False when a file that belongs to it could not be read: what seems to be missing may be in there. */
  readonly complete: boolean;
  /** Paths of the files that it is made of, sorted. */
  readonly files: readonly string[];
}

/** The plain manifests of one directory. */
export interface ManifestsTarget extends TargetBase {
  readonly kind: 'manifests';
}

/** A Helm chart with one set of values. */
export interface ChartTarget extends TargetBase {
  readonly kind: 'chart';
  /** Directory of Chart.yaml, `.` for the root. */
  readonly directory: string;
  /** What is merged over the chart's defaults, later ones win; empty for the defaults alone. */
  readonly values: readonly ValuesLayer[];
  readonly release?: string;
  readonly namespace?: string;
  readonly environment?: string;
  /** Such as `1.34`; undefined for that of the settings. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** One source of values. Exactly one of `file`, `set` and `inline` is given. */
export interface ValuesLayer {
  /** Path of a values file. */
  readonly file?: string;
  /** An assignment as helm's `--set` takes it. */
  readonly set?: string;
  /** YAML text. */
  readonly inline?: string;
  /** Where `set` or `inline` is written: a file, and the keys and indexes that lead to it. */
  readonly from?: { readonly file: string; readonly path: readonly (string | number)[] };
}

/** A kustomization that no other one uses, and all that it uses. */
export interface OverlayTarget extends TargetBase {
  readonly kind: 'overlay';
  readonly directory: string;
  readonly environment?: string;
  /** Remote URLs, as kustomizations write them, and the directories of the repository that stand for them. */
  readonly remotes: Readonly<Record<string, string>>;
}
