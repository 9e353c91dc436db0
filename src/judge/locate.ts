import { controlsOf } from '../compliance/controls.ts';
import { isKustomization } from '../discover/kustomize.ts';
import { isTestPath } from '../discover/test-path.ts';
import { LineIndex } from '../files/lines.ts';
import { isObject } from '../kubernetes/field.ts';
import { isHelmTest } from '../kubernetes/helm-test.ts';
import { isKubernetesObject } from '../kubernetes/object.ts';
import type { Manifest, Origin } from '../render/manifest.ts';
import type { Sources } from '../render/rendering.ts';
import type { Message, Rule } from '../rules/rule.ts';
import type { RuleReport } from '../rules/run.ts';
import { findComments } from '../yaml/comments.ts';
import type { Candidate } from './candidate.ts';
import { stablePointer } from './fingerprint.ts';
import { isForeignAnnotation, mayHaveForeignComments } from './foreign-suppressions.ts';
import { Masking } from './masking.ts';
import type { Location, ObjectIdentity, RelatedLocation } from './report.ts';
import { type AnnotatedObject, annotationPrefix, type CommentedFile } from './suppress.ts';
import { findTemplateComments } from './template-comments.ts';

/** Turns places of manifests into lines of files, and what rules said into candidates for findings. */
export class Locator {
  readonly #sources: Sources;
  readonly #lines = new Map<string, LineIndex>();
  readonly #masking: Masking;
  readonly #controlsOf = new Map<string, readonly string[]>();
  readonly #origins = new Map<RuleReport, readonly Origin[]>();

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#masking = new Masking(sources);
  }

  /** What a rule said, with its message in full, its severity and controls, and its place in a file. */
  candidate(report: RuleReport): Candidate {
    const { rule, messageId, manifest, place, podSecurity, container } = report;
    const message = messageOf(rule, messageId);
    const controls = this.#controls(rule, messageId);
    const [origin, ...chain] = this.#originsOf(report);
    if (origin === undefined) throw new Error(`${rule.id} reported a place without an origin`);
    const related = report.related.flatMap(({ manifest: other, place: at, message: note }) =>
      other
        .originsOf(at)
        .slice(0, 1)
        .map((each) => this.#related(each, note)),
    );
    const enforced = this.#isEnforced(report);
    const location = this.location(origin);
    const about = { location, index: this.#index(origin.file) };
    const files = [...new Set([origin, ...chain].map(({ file }) => file))];
    const data = Object.entries(report.data).map(([name, value]) => {
      const isName = value === manifest.name || value === container?.name;
      return [name, typeof value === 'string' && !isName ? this.#masking.text(value, files, about) : value];
    });
    const text = fill(message.text, Object.fromEntries(data));
    const annotations = manifest.root.at('metadata', 'annotations').value;
    const { pointer } = place;
    const printing = chain.filter(
      ({ role }) =>
        role === 'template' || role === 'helper' || (role === 'kustomization' && origin.role === 'generator'),
    );
    return {
      rule: rule.id,
      messageId,
      severity: message.severity ?? rule.severity,
      recommended: this.isRecommended(report),
      message: enforced
        ? `${text} The namespace enforces the ${podSecurity.enforced} level, so its pods are rejected.`
        : text,
      object: identityOf(manifest, container?.name),
      target: manifest.target.name,
      location,
      related: [...chain.map((each) => this.#related(each, each.note ?? 'set through this')), ...related],
      ...(printing.length > 0 && { printedAt: printing.map((each) => this.location(each)) }),
      pointer,
      place: stablePointer(manifest.root.value, pointer, rule.sensitive),
      controls,
      // Whatever is wrong with a Secret, the line may hold its value.
      ...((rule.sensitive || manifest.groupKind === 'Secret') && { sensitive: true }),
      ...(rule.sensitive && { isText: true }),
      ...(isObject(annotations) && { annotations }),
    };
  }

  /** An object as a whole: what a candidate says of it that is about no field. */
  whole(manifest: Manifest): Pick<Candidate, 'object' | 'target' | 'location'> {
    const [origin] = manifest.originsOf(manifest.root);
    const [file = ''] = manifest.target.files;
    return {
      object: identityOf(manifest, undefined),
      target: manifest.target.name,
      location: this.location(origin ?? { file, start: 0, end: 0, role: 'literal', precision: 'file' }),
    };
  }

  /**
   * Whether the profile `recommended` has what a rule said: what a namespace rejects it has, whatever the rule says of
   * itself; what only tests apply it has not.
   */
  isRecommended(report: RuleReport): boolean {
    const { rule, messageId, manifest } = report;
    const isEnforced = this.#isEnforced(report);
    if (!isEnforced && !(messageOf(rule, messageId).recommended ?? rule.recommended)) return false;
    const [origin] = this.#originsOf(report);
    if (origin !== undefined && isTestPath(origin.file)) return false;
    return isEnforced || !isHelmTest(manifest);
  }

  /** To look for a place in its file takes long, and more than one question needs it. */
  #originsOf(report: RuleReport): readonly Origin[] {
    let origins = this.#origins.get(report);
    if (origins === undefined) {
      origins = report.manifest.originsOf(report.place, report.part);
      this.#origins.set(report, origins);
    }
    return origins;
  }

  /** Whether pods with this violation are rejected by what their namespace enforces. */
  #isEnforced({ rule, messageId, podSecurity: { enforced } }: RuleReport): boolean {
    if (enforced === undefined || enforced === 'privileged') return false;
    const prefix = enforced === 'baseline' ? 'pss/baseline:' : 'pss/';
    return this.#controls(rule, messageId).some((control) => control.startsWith(prefix));
  }

  /** Lines and columns of an origin. */
  location({ file, start, end, precision, role }: Origin): Location {
    const index = this.#index(file);
    const from = index.position(start);
    const to = index.position(Math.max(end, start));
    return {
      file,
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      precision,
      role,
    };
  }

  /** A line (1-based) of a file with stars in the place of secrets; undefined when the file was not read. */
  sourceLine(file: string, line: number): string | undefined {
    if (this.#sources.get(file) === undefined) return undefined;
    return this.#masking.line(file, this.#index(file), line);
  }

  /** What others say of files, such as the engine, without the secrets in these. */
  masked(text: string, files: readonly string[]): string {
    return this.#masking.text(text, files);
  }

  /** The files whose comments suppress findings; with those that are written for other tools when these are imported. */
  commented(importing: boolean): CommentedFile[] {
    return [...this.#sources.values()]
      .filter(({ text }) => text.includes('plimsoll-ignore') || (importing && mayHaveForeignComments(text)))
      .map(({ path, text, documents }) => {
        if (documents.length === 0) return { file: path, text, ...findTemplateComments(text) };
        const lineOf = (offset: number) => this.#index(path).position(offset).line;
        return {
          file: path,
          text,
          // The texts inside a kustomization are patches.
          comments: findComments(text, isKustomization(path) ? [] : documents).map(
            ({ start, end, ownLine }) => ({
              line: lineOf(start),
              text: text.slice(start, end),
              ownLine,
            }),
          ),
          // A comment above the first line of a values file is about that line alone.
          documents: documents
            .filter(({ value }) => isKubernetesObject(value))
            .map(({ start, end }) => ({
              first: lineOf(start),
              last: lineOf(Math.max(start, end - 1)),
            })),
        };
      });
  }

  /** The objects whose annotations suppress findings; with those for other tools when these are imported. */
  annotated(manifests: readonly Manifest[], importing: boolean): AnnotatedObject[] {
    const suppresses = (name: string) =>
      name.startsWith(annotationPrefix) || (importing && isForeignAnnotation(name));
    return manifests.flatMap((manifest) => {
      const place = manifest.root.at('metadata', 'annotations');
      const { value } = place;
      if (!isObject(value) || !Object.keys(value).some(suppresses)) return [];
      const [origin] = manifest.originsOf(place);
      if (origin === undefined) return [];
      const { file, line } = this.location(origin);
      return [{ annotations: value, file, line }];
    });
  }

  /** Made once for each message, as there may be thousands of findings with it. */
  #controls(rule: Rule, messageId: string): readonly string[] {
    const key = `${rule.id} ${messageId}`;
    let controls = this.#controlsOf.get(key);
    if (controls === undefined) {
      const message = messageOf(rule, messageId);
      controls = controlsOf(rule.controls, message.controls ?? [], rule.bundle);
      this.#controlsOf.set(key, controls);
    }
    return controls;
  }

  #related(origin: Origin, message: string): RelatedLocation {
    return { ...this.location(origin), message };
  }

  #index(file: string): LineIndex {
    let index = this.#lines.get(file);
    if (index === undefined) {
      index = new LineIndex(this.#sources.get(file)?.text ?? '');
      this.#lines.set(file, index);
    }
    return index;
  }
}

function identityOf(
  { apiVersion, kind, namespace, name }: Manifest,
  container: string | undefined,
): ObjectIdentity {
  return {
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(container !== undefined && { container }),
  };
}

/** A message of a rule, in full. */
export function messageOf({ messages }: Pick<Rule, 'messages'>, id: string): Message {
  const message = messages[id] ?? id;
  return typeof message === 'string' ? { text: message } : message;
}

/** Replaces `{name}` by the report's data. */
export function fill(text: string, data: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(data[name] ?? whole));
}
