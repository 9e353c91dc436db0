import { objectMatcher, pathMatcher } from '../config/glob.ts';
import { matchesRule, quote, rulePatterns, unknownRule } from '../config/rule-pattern.ts';
import type { Waiver } from '../config/settings.ts';
import { append } from '../group-by.ts';
import type { Candidate } from './candidate.ts';
import { linesAbout } from './comment-lines.ts';
import { foreignSuppressions } from './foreign-suppressions.ts';
import type { Notice, Suppression } from './report.ts';

/** A file with a comment in which findings are suppressed. Lines are 1-based. */
export interface CommentedFile {
  readonly file: string;
  /** All of the file. */
  readonly text: string;
  /** All comments, ordinary ones as well: they may stand between a comment of ours and the line that it is about. */
  readonly comments: readonly SourceComment[];
  /** First and last line of the content of each document. */
  readonly documents: readonly { readonly first: number; readonly last: number }[];
}

export interface SourceComment {
  readonly line: number;
  /** From the `#` to the end of the line; what stands in a comment of a template as if it were one of YAML. */
  readonly text: string;
  /** Whether nothing else stands on the line. */
  readonly ownLine: boolean;
}

/** A checked object with an annotation that may suppress something. */
export interface AnnotatedObject {
  /** `metadata.annotations`: the same value as in the object's candidates, not a copy. */
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** 1-based line on which the annotations begin. */
  readonly line: number;
}

/** Everything that may suppress findings. */
export interface SuppressionSources {
  readonly comments: readonly CommentedFile[];
  readonly annotated: readonly AnnotatedObject[];
  readonly waivers: readonly Waiver[];
  /** Whether comments and annotations that are written for other tools count as well. */
  readonly importSuppressions: boolean;
  /** Path of the file that the waivers are from. */
  readonly configFile: string | undefined;
  readonly ruleIds: readonly string[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** An annotation `ignore.plimsoll.dev/pod.privileged: reason` suppresses a rule, `ignore.plimsoll.dev/pod` a family. */
export const annotationPrefix = 'ignore.plimsoll.dev/';

/** What suppresses the candidates that have a suppression, and what there is to say about the sources. */
export interface Suppressed {
  readonly suppressions: ReadonlyMap<Candidate, Suppression>;
  /** Sources that cannot work: without a reason, of an unknown rule, or past their date. */
  readonly problems: readonly Notice[];
  /** Sources that no candidate needs. */
  readonly unused: readonly Notice[];
}

/** One rule or family that is suppressed at one place. */
interface Waived {
  readonly rule: string;
  readonly suppression: Suppression;
  /** Begins a sentence about it. */
  readonly title: string;
  readonly file?: string;
  readonly line?: number;
  used: boolean;
}

/** Suppresses candidates by comment, else by annotation, else by waiver, else by what is written for other tools. */
export function suppress(candidates: readonly Candidate[], sources: SuppressionSources): Suppressed {
  const register = new Register(sources.ruleIds);
  const byComment = readComments(sources.comments, register);
  const byAnnotation = readAnnotations(sources.annotated, register);
  const byWaiver = readWaivers(sources, register);
  const byOthers = sources.importSuppressions ? foreignSuppressions(sources) : undefined;

  const suppressions = new Map<Candidate, Suppression>();
  for (const candidate of candidates) {
    const around = [...byComment(candidate), ...byAnnotation(candidate), ...byWaiver(candidate)];
    const matching = around.filter(({ rule }) => matchesRule(rule, candidate.rule));
    for (const waived of matching) waived.used = true;
    const suppression = matching[0]?.suppression ?? byOthers?.(candidate);
    if (suppression !== undefined) suppressions.set(candidate, suppression);
  }
  const unused = register.all
    .filter(({ used }) => !used)
    .map((waived) => noticeOf(waived, `${waived.title} suppresses nothing and can be removed.`));
  return { suppressions, problems: register.problems, unused };
}

/** Which of the sources of one kind may cover a candidate, whatever its rule. */
type Lookup = (candidate: Candidate) => readonly Waived[];

/** Collects what works and what does not. */
class Register {
  readonly all: Waived[] = [];
  readonly problems: Notice[] = [];
  readonly #known: readonly string[];

  constructor(ruleIds: readonly string[]) {
    this.#known = rulePatterns(ruleIds);
  }

  /** The source itself, in a list; an empty list when there is no such rule. */
  add(source: Omit<Waived, 'used'>): Waived[] {
    const unknown = unknownRule(source.rule, this.#known);
    if (unknown !== undefined) return this.reject(source, `${source.title} suppresses nothing. ${unknown}`);
    const waived = { ...source, used: false };
    this.all.push(waived);
    return [waived];
  }

  reject(place: { readonly file?: string; readonly line?: number }, message: string): [] {
    this.problems.push(noticeOf(place, message));
    return [];
  }
}

function noticeOf(
  { file, line }: { readonly file?: string; readonly line?: number },
  message: string,
): Notice {
  return { message, ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

/** A comment covers its own line, or the next line when it stands alone; on a document's first line, the document. */
function readComments(files: readonly CommentedFile[], register: Register): Lookup {
  const byFile = new Map(files.map((file) => [file.file, readCommentsOf(file, register)]));
  return ({ location, printedAt = [] }) =>
    [location, ...printedAt].flatMap(({ file, line }) => byFile.get(file)?.(line) ?? []);
}

function readCommentsOf(
  { file, comments, documents }: CommentedFile,
  register: Register,
): (line: number) => readonly Waived[] {
  const byLine = new Map<number, Waived[]>();
  const byDocument = new Map<number, Waived[]>();
  const documentAt = new Map<number, number>();
  for (const { first, last } of documents)
    for (let line = first; line <= last; line++) documentAt.set(line, first);

  const aboutLine = linesAbout(comments);
  for (const { line, text } of comments) {
    const about = aboutLine.get(line) ?? line;
    const covered = documentAt.get(about) === about ? byDocument : byLine;
    for (const waived of readComment({ file, line }, text, register)) append(covered, about, waived);
  }
  return (line) => [
    ...(byLine.get(line) ?? []),
    ...(byDocument.get(documentAt.get(line) ?? Number.NaN) ?? []),
  ];
}

function readComment(place: { file: string; line: number }, text: string, register: Register): Waived[] {
  const parsed = parseIgnoreComment(text);
  if (parsed === undefined) return [];
  if ('problem' in parsed)
    return register.reject(place, `This plimsoll-ignore suppresses nothing. ${parsed.problem}`);
  const suppression: Suppression = { by: 'comment', reason: parsed.reason };
  return parsed.rules.flatMap((rule) =>
    register.add({ ...place, rule, suppression, title: `The plimsoll-ignore of ${quote(rule)}` }),
  );
}

/**
 * Reads a comment `# plimsoll-ignore rule[, rule]: reason`; undefined for any other comment. `problem` is a sentence
 * that says what is missing.
 */
export function parseIgnoreComment(
  text: string,
): { rules: string[]; reason: string } | { problem: string } | undefined {
  const [, names, colon, reason] = /^#+\s*plimsoll-ignore(?![\w-])([^:]*)(:?)(.*)$/s.exec(text) ?? [];
  if (names === undefined || reason === undefined) return undefined;
  const rules = names.split(',').map((rule) => rule.trim());
  if (rules.includes('')) return { problem: `It names no rule: ${example}.` };
  if (colon === '' || reason.trim() === '') return { problem: `It gives no reason: ${example}.` };
  return { rules, reason: reason.trim() };
}

const example = 'write "# plimsoll-ignore pod/privileged: reason"';

function readAnnotations(objects: readonly AnnotatedObject[], register: Register): Lookup {
  const byObject = new Map<unknown, Waived[]>();
  // The same annotation is in every object that is rendered from one template, in every target.
  const known = new Map<string, Waived[]>();
  for (const { annotations, file, line } of objects)
    for (const [key, value] of Object.entries(annotations)) {
      if (!key.startsWith(annotationPrefix)) continue;
      const reason = typeof value === 'string' ? value.trim() : '';
      const identity = JSON.stringify([file, line, key, reason]);
      const waived = known.get(identity) ?? readAnnotation(key, reason, { file, line }, register);
      known.set(identity, waived);
      for (const each of waived) append(byObject, annotations, each);
    }
  return ({ annotations }) => (annotations && byObject.get(annotations)) ?? [];
}

function readAnnotation(
  key: string,
  reason: string,
  place: { readonly file: string; readonly line: number },
  register: Register,
): Waived[] {
  const title = `The annotation ${key}`;
  const name = key.slice(annotationPrefix.length);
  const rule = name.includes('.') ? name.replace('.', '/') : `${name}/*`;
  return reason === ''
    ? register.reject(place, `${title} suppresses nothing. Its value must be the reason.`)
    : register.add({ rule, suppression: { by: 'annotation', reason }, title, ...place });
}

function readWaivers({ waivers, configFile, today }: SuppressionSources, register: Register): Lookup {
  const covering = waivers.flatMap((waiver) => {
    const { rule, path, object, reason, owner, until, line } = waiver;
    const place = {
      ...(configFile !== undefined && { file: configFile }),
      ...(line !== undefined && { line }),
    };
    const title = `The waiver of ${rule} for ${quote(path)}`;
    if (until !== undefined && until < today) {
      const who = owner === undefined ? '' : ` Its owner is ${quote(owner)}.`;
      return register.reject(place, `${title} expired on ${until} and suppresses nothing any more.${who}`);
    }
    const inPath = pathMatcher([path]);
    const isObject = object === undefined ? undefined : objectMatcher(object);
    const suppression: Suppression = {
      by: 'waiver',
      reason,
      ...(owner !== undefined && { owner }),
      ...(until !== undefined && { until }),
    };
    return register.add({ ...place, rule, suppression, title }).map((waived) => ({
      waived,
      covers: (candidate: Candidate) =>
        inPath(candidate.location.file) &&
        (isObject === undefined || (candidate.object !== undefined && isObject(candidate.object))),
    }));
  });
  return (candidate) => covering.filter(({ covers }) => covers(candidate)).map(({ waived }) => waived);
}
