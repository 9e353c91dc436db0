import type { Severity } from '../../severity.ts';
import table from '../data/control-plane-flags.json' with { type: 'json' };
import type { Field } from '../field.ts';
import type { Container } from '../workload.ts';
import type { Component, ComponentFlags, Flag } from './flags.ts';

/** When the value of a flag is bad. */
interface Bad {
  readonly set?: true;
  readonly is?: readonly string[];
  readonly isNot?: readonly string[];
  /** An item of a list. */
  readonly has?: string;
  readonly lacks?: string;
  /** With this item in its list the flag is another check's affair. */
  readonly except?: string;
  /** A number above 0 and below this. */
  readonly below?: number;
  /** A list of URLs of which one is plain HTTP beyond the own host. */
  readonly plainHttp?: true;
}

/** One row of control-plane-flags.json. */
interface FlagCheck {
  readonly id: string;
  /** Slug of the rule that has it. */
  readonly rule: string;
  readonly component: Component;
  readonly flag: string;
  /** A flag that must be set as well. */
  readonly also?: string;
  /** The same setting in a KubeletConfiguration. */
  readonly field?: string;
  readonly bad?: Bad;
  /** Flags of which one makes up for it. */
  readonly unless?: readonly string[];
  /** Flags of which one must be set for it to matter. */
  readonly onlyWith?: readonly string[];
  /** Whether it is about nodes, which API servers that are hosted as workloads need not have. */
  readonly needsNodes?: true;
  readonly severity?: Severity;
  readonly recommended?: boolean;
  readonly controls: readonly string[];
  readonly text?: string;
  /** Said when the flag is not set and the program's default is bad. */
  readonly missing?: string;
  /** Said when the field is not set in a configuration file and the default there is bad. */
  readonly missingField?: string;
  readonly missingRecommended?: boolean;
}

const checks: readonly FlagCheck[] = table.checks as readonly FlagCheck[];

/** What the checks of a rule say, in the shape of a rule's messages. */
export interface FlagMessage {
  readonly text: string;
  readonly controls?: readonly string[];
  readonly severity?: Severity;
  readonly recommended?: boolean;
}

/** A flag that is set to a bad value, or is missing. */
export interface FlagFinding {
  /** Id of one of {@link flagMessages}. */
  readonly id: string;
  readonly place: Field;
  readonly data: { readonly flag: string; readonly value: string };
  readonly options: { readonly part?: string; readonly container?: Container };
}

/** Whether a flag holds a list, so that repeating it adds to it. */
export function isListFlag(name: string): boolean {
  return table.listFlags.includes(name);
}

/** Fields of a KubeletConfiguration that stand for flags: their paths, and the flags. */
export const kubeletFields: readonly { readonly path: readonly string[]; readonly flag: string }[] =
  checks.flatMap(({ field, flag }) => (field === undefined ? [] : [{ path: field.split('.'), flag }]));

/** The messages of a rule that is made of flag checks, by id, and `others` that it has of its own. */
export function flagMessages(
  rule: string,
  others: Readonly<Record<string, string | FlagMessage>> = {},
): Readonly<Record<string, string | FlagMessage>> {
  const messages: Record<string, string | FlagMessage> = { ...others };
  for (const check of checks.filter((each) => each.rule === rule)) {
    const { id, controls, severity, recommended, text, missing, missingField, missingRecommended } = check;
    const about = { controls, ...(severity && { severity }), ...(recommended === false && { recommended }) };
    const absent = { ...about, ...(missingRecommended === false && { recommended: false }) };
    if (text !== undefined) messages[id] = { ...about, text };
    if (missing !== undefined) {
      messages[`${id}-missing`] = { ...absent, text: missing };
      messages[`${id}-hosted`] = { ...absent, severity: 'medium', recommended: false, text: missing };
    }
    if (missingField !== undefined) messages[`${id}-field`] = { ...absent, text: missingField };
  }
  return messages;
}

/** What the checks of a rule find in the flags of a component. */
export function flagFindings(rule: string, component: ComponentFlags): FlagFinding[] {
  return checks
    .filter((check) => check.rule === rule && check.component === component.component)
    .flatMap((check) => findingOf(check, component) ?? []);
}

function findingOf(check: FlagCheck, component: ComponentFlags): FlagFinding | undefined {
  const { flags, container, hosted, tool } = component;
  const isSet = (name: string) => (flags.get(name)?.value ?? '') !== '';
  if (hosted && check.needsNodes) return undefined;
  if (check.unless?.some(isSet) || (check.onlyWith && !check.onlyWith.some(isSet))) return undefined;
  const flag = flags.get(check.flag);
  if (flag !== undefined && flag.value !== '') {
    const wants = check.bad?.lacks !== undefined;
    if (wants && tool !== undefined && toolsThatAdd[tool]?.includes(check.flag)) return undefined;
    if (check.bad !== undefined && isBad(flag.value, check.bad)) return found(check.id, flag, container);
  }
  const absent = [check.flag, ...(check.also === undefined ? [] : [check.also])].find((name) => !isSet(name));
  const id = absentId(check, component);
  if (absent === undefined || id === undefined) return undefined;
  const empty = flags.get(absent);
  const place = empty?.place ?? component.place;
  const written = component.rest === 'file' ? (check.field ?? absent) : `--${absent}`;
  return {
    id,
    place,
    data: { flag: written, value: '' },
    options: container === undefined ? {} : { container },
  };
}

const toolsThatAdd: Readonly<Record<string, readonly string[]>> = table.toolsThatAdd;

/** Which message says that the flag is not set; undefined when nothing is wrong with that. */
function absentId(check: FlagCheck, { rest, hosted }: ComponentFlags): string | undefined {
  if (rest === 'file') return check.missingField === undefined ? undefined : `${check.id}-field`;
  if (rest === 'unknown' || check.missing === undefined) return undefined;
  return `${check.id}-${hosted ? 'hosted' : 'missing'}`;
}

function found(id: string, flag: Flag, container: Container | undefined): FlagFinding {
  const { written, value, place, part } = flag;
  const options = { ...(part !== undefined && { part }), ...(container !== undefined && { container }) };
  return { id, place, data: { flag: written, value }, options };
}

function isBad(value: string, bad: Bad): boolean {
  const items = value.split(',').map((item) => item.trim());
  const number = Number(value);
  return (
    bad.set === true ||
    bad.is?.includes(value.toLowerCase()) === true ||
    bad.isNot?.includes(value) === false ||
    (bad.has !== undefined && items.includes(bad.has)) ||
    (bad.lacks !== undefined && !items.includes(bad.lacks) && !items.includes(bad.except ?? bad.lacks)) ||
    (bad.below !== undefined && number > 0 && number < bad.below) ||
    (bad.plainHttp === true && items.some(isPlainHttp))
  );
}

/** Sockets and addresses of the own host need no TLS. */
function isPlainHttp(url: string): boolean {
  return /^http:\/\//i.test(url) && !isOfOwnHost(url);
}

/** Whether a URL is one that only its own host, or its own pod, reaches. */
export function isOfOwnHost(url: string): boolean {
  return /^https?:\/\/(?:127\.|localhost\b|\[::1\])/i.test(url);
}
