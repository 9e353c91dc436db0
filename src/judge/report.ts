import type { FailOn, Scope } from '../config/settings.ts';
import type { NotChecked } from '../discover/outcome.ts';
import type { Origin } from '../render/manifest.ts';
import type { Severity } from '../severity.ts';

export type { FailOn, Scope } from '../config/settings.ts';
export type { NotChecked } from '../discover/outcome.ts';

/**
 * The result of a run: what `--format json` prints (schemas/report.schema.json, version 1) and what every other
 * surface is made from. Lines and columns are 1-based; columns count UTF-16 units. Findings are sorted by file,
 * line, column, rule and message.
 */
export interface Report {
  readonly version: 1;
  readonly tool: { readonly name: 'plimsoll'; readonly version: string };
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  /** Remarks on the run itself that do not decide it: unused or expired waivers, an ignored setting. */
  readonly notices: readonly Notice[];
}

export interface Verdict {
  readonly passed: boolean;
  readonly failOn: FailOn;
  readonly scope: Scope;
  readonly profile: string;
  /** Findings that decide (state `new`, not suppressed), of any severity. */
  readonly new: number;
  /** Findings outside the scope (state `existing`, not suppressed): counted and named, they never decide. */
  readonly existing: number;
  readonly fixed: number;
  readonly suppressed: number;
  /** Of the `new` ones, how many have each severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

export interface Finding {
  /** Rule id, `family/slug`. */
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence. It may hold text from the repository: escape it for the surface it goes to. */
  readonly message: string;
  /** The Kubernetes object; absent for findings about a file as such (`schema/yaml-invalid`). */
  readonly object?: ObjectIdentity;
  /** Names of the targets that have the finding, sorted. */
  readonly targets: readonly string[];
  readonly location: Location;
  readonly related: readonly RelatedLocation[];
  /** JSON pointer into the object; empty for the object or file as a whole. */
  readonly pointer: string;
  readonly state: 'new' | 'existing';
  /** Hexadecimal; the same as long as rule, object and place in the object are the same, wherever the lines move. */
  readonly fingerprint: string;
  /** Control ids such as `pss/baseline:privileged`, sorted. */
  readonly controls: readonly string[];
  /** True when the marked text is secret: no surface may print the source line. */
  readonly sensitive?: true;
  readonly suppressed?: Suppression;
}

export interface ObjectIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly container?: string;
}

/** A place in a file of the repository. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** One past the last marked UTF-16 unit. */
  readonly endColumn: number;
  readonly precision: Origin['precision'];
  readonly role: Origin['role'];
}

export interface RelatedLocation extends Location {
  /** What this place has to do with the finding, such as `used here through an alias`. */
  readonly message: string;
}

export interface Suppression {
  readonly by: 'comment' | 'annotation' | 'waiver';
  readonly reason: string;
  readonly owner?: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
}

export interface Coverage {
  /** `checked + notKubernetes + excluded + failed = total`. */
  readonly files: {
    readonly total: number;
    readonly checked: number;
    readonly notKubernetes: number;
    readonly excluded: number;
    readonly failed: number;
  };
  /** Kubernetes objects that were checked. */
  readonly objects: number;
  readonly targets: number;
  /** Every excluded and every failed file, sorted by file. */
  readonly notChecked: readonly NotChecked[];
  /** `apiVersion Kind` of checked objects without a schema, with how many objects there are, sorted. */
  readonly unknownKinds: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly objects: number;
  }[];
}

export interface Notice {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}
