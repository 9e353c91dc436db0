/** A catalogue of controls that findings are evidence for. All of its controls are listed, also those never seen in Git. */
export interface Framework {
  /** What stands before the colon of its control ids, such as `cis/1.12` or `soc2`. */
  readonly id: string;
  /** Its name and version, such as `CIS Kubernetes Benchmark 1.12`. */
  readonly title: string;
  /** Who publishes it, under which number and date. */
  readonly source: string;
  /** In the framework's own order. */
  readonly controls: readonly Control[];
}

/** One control, in our own words: what it asks for, never the framework's text. */
export interface Control {
  /** What stands after the colon, such as `5.2.2`. */
  readonly id: string;
  /** A few words, without a full stop. */
  readonly title: string;
  /** The section that it stands in. */
  readonly section: string;
  /** Why nothing in a Git repository can show it, in a few words; absent when something can. */
  readonly notAssessable?: string;
  /** Its id in the version whose ids rules name; absent when it is the same, empty when that version has dropped it. */
  readonly newest?: string;
}
