import type { Bundle } from '../compliance/bundles.ts';
import type { Field } from '../kubernetes/field.ts';
import type { Inventory, ObjectIndex } from '../kubernetes/inventory.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { PodSecurity } from '../kubernetes/pod-security.ts';
import { isProjectKind } from '../kubernetes/project-file.ts';
import type { Schemas } from '../kubernetes/schema/index.ts';
import type { Container, Pod } from '../kubernetes/workload.ts';
import { workloadKinds } from '../kubernetes/workload.ts';
import type { Manifest } from '../render/manifest.ts';
import type { Severity } from '../severity.ts';

/** What a rule says about itself; pages, reports and profiles are made from it. */
export interface RuleInfo {
  /** `family/slug`, the path of the rule in `src/rules`. */
  readonly id: string;
  /** Severity of a message that does not name its own. */
  readonly severity: Severity;
  /** What is wrong, in a few words; the finding's title. */
  readonly summary: string;
  /** Why it matters, in one or two sentences. */
  readonly why: string;
  /** What to do, in one or two sentences. */
  readonly remedy: string;
  /** Control ids of every message, such as `cis/1.12:5.2.2`. Messages may add their own. */
  readonly controls: readonly string[];
  /** The regulatory controls that the rule gives evidence for, by name of the bundle. */
  readonly bundle: Bundle;
  /** `Kind.group` (the kind alone for the core group) of the objects that the rule looks at; `*` for all. */
  readonly kinds: readonly string[];
  /**
   * Whether the rule is about an object of its kinds; without this it is about all of them. A rule on the flags of etcd
   * looks at every Pod, but only of a Pod that runs etcd does it say anything when it finds nothing.
   */
  readonly concerns?: (object: KubernetesObject) => boolean;
  /** Whether it compares with what was before the change, so that the base has to be rendered for it. */
  readonly looksBack?: true;
  /** Whether the profile `recommended` has the rule; a message may differ. `strict` has every rule. */
  readonly recommended: boolean;
  /** The version of Plimsoll that first had the rule. */
  readonly since: string;
  /** True when the marked text is secret and must never be printed. */
  readonly sensitive?: true;
  /** What the config may set under `options` of the rule, by name. */
  readonly options?: Readonly<Record<string, Option>>;
}

/** A limit or a list of a rule that the config may change. */
export interface Option<Value = unknown> {
  /** What it means, with its unit, in a sentence. */
  readonly description: string;
  /** JSON Schema (draft-07) of its value; values that do not fit never reach the rule. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly default: Value;
}

/** The values of options, as a rule gets them. */
type ValuesOf<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

/** A message whose findings differ from the rule's in severity, controls or profile. */
export interface Message {
  readonly text: string;
  readonly severity?: Severity;
  readonly controls?: readonly string[];
  readonly recommended?: boolean;
}

/** A rule: what it says about itself, its messages, and the check. */
export interface Rule<Id extends string = string> extends RuleInfo {
  /** By message id. Text may hold `{name}` for the data that the report gives. */
  readonly messages: Readonly<Record<Id, string | Message>>;
  /** Looks at one object and reports what is wrong with it. Pure; it never throws on any data. */
  check(context: Context<Id>): void;
}

/** What a rule sees. */
export interface Context<Id extends string = string, Values = Readonly<Record<string, unknown>>> {
  /** The object under check. */
  readonly manifest: Manifest;
  /** The pod that the object runs; undefined when it is no workload. */
  readonly pod: Pod | undefined;
  /** All containers of that pod; none when the object is no workload. */
  readonly containers: readonly Container[];
  /** Which Pod Security Standards apply to the object: version, and what its namespace enforces. */
  readonly podSecurity: PodSecurity;
  /** All objects: of the same target, and of the whole repository. */
  readonly inventory: Inventory<Manifest>;
  /** The objects of the target before the change under check; undefined when there is no such target, or no change, or no rule `looksBack`. */
  readonly before: ObjectIndex<Manifest> | undefined;
  /** The schemas of the kinds in the repository. */
  readonly schemas: Schemas;
  /** Which files and directories the repository has. */
  readonly paths: Paths;
  /** The values of the rule's options: the config's, else the defaults. */
  readonly options: Values;
  /** Target version of Kubernetes as its minor number: 36 for 1.36. */
  readonly kubernetesMinor: number;
  /** Reports a finding at `place`, which need not exist: then its nearest existing ancestor is marked. */
  report(
    place: Field,
    message: Id,
    data?: Readonly<Record<string, string | number>>,
    options?: ReportOptions,
  ): void;
}

/** The names in a repository, relative to its root, with `/` and without `./`; `.` is the root. */
export interface Paths {
  /** Whether there is a file, or anything else that is not a directory, such as a link or a submodule. */
  has(path: string): boolean;
  hasDirectory(path: string): boolean;
}

export interface ReportOptions {
  /** The part of the text at the place that is at fault, such as an image's tag, when it is not all of it. */
  readonly part?: string;
  /** The container that the finding is about. */
  readonly container?: Container;
  /** Other places that explain the finding. */
  readonly related?: readonly {
    readonly manifest: Manifest;
    readonly place: Field;
    readonly message: string;
  }[];
}

/** Whether a rule looks at objects of a `Kind.group`. */
export function looksAt({ kinds }: Pick<RuleInfo, 'kinds'>, groupKind: string): boolean {
  return kinds.includes(groupKind) || (kinds.includes('*') && !isProjectKind(groupKind));
}

/** `kinds` of rules about pods and containers. */
export const workloads: readonly string[] = workloadKinds;

/** Types a rule, so that `report` takes only the rule's own message ids, and `options` have the types of their defaults. */
export function defineRule<
  Id extends string,
  Options extends Readonly<Record<string, Option>> = Record<never, Option>,
>(
  rule: Omit<Rule<Id>, 'check' | 'options'> & {
    readonly options?: Options;
    check(context: Context<Id, ValuesOf<Options>>): void;
  },
): Rule<Id> {
  return rule as Rule<Id>;
}
