import type { Field } from '../kubernetes/field.ts';
import type { Inventory, ObjectIndex } from '../kubernetes/inventory.ts';
import { type PodSecurity, podSecurityFor } from '../kubernetes/pod-security.ts';
import type { Schemas } from '../kubernetes/schema/index.ts';
import { type Container, containersOf, type Pod, podOf } from '../kubernetes/workload.ts';
import type { Manifest } from '../render/manifest.ts';
import { type Context, looksAt, type Paths, type ReportOptions, type Rule } from './rule.ts';

/** What a rule said of a place in a manifest. */
export interface RuleReport {
  readonly rule: Rule;
  readonly messageId: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly manifest: Manifest;
  readonly place: Field;
  /** The part of the text at the place that is at fault. */
  readonly part: string | undefined;
  readonly podSecurity: PodSecurity;
  readonly container: Container | undefined;
  readonly related: NonNullable<ReportOptions['related']>;
}

/** A rule threw, which is a mistake in the rule. */
export interface RuleFailure {
  readonly rule: Rule;
  readonly manifest: Manifest;
  readonly error: unknown;
}

export interface RunInput {
  readonly rules: readonly Rule[];
  /** The manifests to check, those of one target in a row. */
  readonly manifests: readonly Manifest[];
  /** What cross-object rules may ask about a manifest. */
  readonly inventoryOf: (manifest: Manifest) => Inventory<Manifest>;
  /** By target's name, its objects before the change under check; undefined when that is not known. */
  readonly before?: ReadonlyMap<string, ObjectIndex<Manifest>> | undefined;
  readonly schemas: Schemas;
  readonly paths: Paths;
  readonly kubernetesMinor: number;
  /** What the config sets of rules' options, by rule id and name. */
  readonly options: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Runs every rule on every manifest of its kinds, in the order of manifests, then rules. */
export function runRules(input: RunInput): { reports: RuleReport[]; failures: RuleFailure[] } {
  const reports: RuleReport[] = [];
  const failures: RuleFailure[] = [];
  const rulesOf = ruleTable(input.rules);
  const run: Run = {
    ...input,
    reports,
    podSecurityOf: podSecurityTable(input.kubernetesMinor),
    optionsOf: new Map(input.rules.map((rule) => [rule, optionValues(rule, input.options.get(rule.id))])),
  };
  for (const manifest of input.manifests) {
    const context = new ManifestContext(run, manifest);
    for (const rule of rulesOf(manifest.groupKind))
      try {
        context.rule = rule;
        rule.check(context);
      } catch (error) {
        failures.push({ rule, manifest, error });
      }
  }
  return { reports, failures };
}

/** What all rules and manifests of a run share. */
interface Run extends Omit<RunInput, 'options'> {
  /** Where reports go. */
  readonly reports: RuleReport[];
  readonly podSecurityOf: (namespace: string | undefined, inventory: Inventory<Manifest>) => PodSecurity;
  readonly optionsOf: ReadonlyMap<Rule, Readonly<Record<string, unknown>>>;
}

/** What the rules see of one manifest, one rule after the other. */
class ManifestContext implements Context {
  /** The rule that looks at it now. */
  rule: Rule | undefined;
  readonly manifest: Manifest;
  readonly pod: Pod | undefined;
  readonly containers: readonly Container[];
  readonly inventory: Inventory<Manifest>;
  readonly before: ObjectIndex<Manifest> | undefined;
  readonly schemas: Schemas;
  readonly paths: Paths;
  readonly kubernetesMinor: number;
  readonly #run: Run;
  #podSecurity: PodSecurity | undefined;

  constructor(run: Run, manifest: Manifest) {
    this.#run = run;
    this.manifest = manifest;
    this.pod = podOf(manifest);
    this.containers = this.pod === undefined ? [] : containersOf(this.pod);
    this.inventory = run.inventoryOf(manifest);
    this.before = run.before?.get(manifest.target.name);
    this.schemas = run.schemas;
    this.paths = run.paths;
    this.kubernetesMinor = run.kubernetesMinor;
  }

  get podSecurity(): PodSecurity {
    this.#podSecurity ??= this.#run.podSecurityOf(this.manifest.namespace, this.inventory);
    return this.#podSecurity;
  }

  get options(): Readonly<Record<string, unknown>> {
    return (this.rule && this.#run.optionsOf.get(this.rule)) ?? {};
  }

  /** A function of its own, as rules take it out of the context. */
  readonly report: Context['report'] = (
    place,
    messageId,
    data = {},
    { part, container, related = [] } = {},
  ) => {
    const { rule, manifest, podSecurity } = this;
    if (rule === undefined) return;
    this.#run.reports.push({
      rule,
      messageId,
      data,
      manifest,
      place,
      part,
      podSecurity,
      container,
      related,
    });
  };
}

/** The values of a rule's options: what is set, else the defaults. */
function optionValues({ options = {} }: Rule, set: Readonly<Record<string, unknown>> = {}) {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, set[name] ?? option.default]),
  );
}

/** For each `Kind.group` the rules that look at it. */
function ruleTable(rules: readonly Rule[]): (kind: string) => readonly Rule[] {
  const table = new Map<string, readonly Rule[]>();
  return (kind) => {
    let found = table.get(kind);
    if (found === undefined) {
      found = rules.filter((rule) => looksAt(rule, kind));
      table.set(kind, found);
    }
    return found;
  };
}

/** What each namespace enforces, by its Namespace object: the one of the same target, else of the same environment. */
function podSecurityTable(
  kubernetesMinor: number,
): (namespace: string | undefined, inventory: Inventory<Manifest>) => PodSecurity {
  const none = podSecurityFor(undefined, kubernetesMinor);
  const table = new Map<Manifest, PodSecurity>();
  return (namespace, { target, environment }) => {
    if (namespace === undefined) return none;
    const object =
      target.find('Namespace', undefined, namespace)[0] ??
      environment.find('Namespace', undefined, namespace)[0];
    if (object === undefined) return none;
    let found = table.get(object);
    if (found === undefined) {
      found = podSecurityFor(object.root.at('metadata', 'labels'), kubernetesMinor);
      table.set(object, found);
    }
    return found;
  };
}
