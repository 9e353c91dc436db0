import { styleText } from 'node:util';
import { groupBy } from '../group-by.ts';
import type { Finding, Location, Report } from '../judge/report.ts';
import { compareSeverity, type Severity } from '../severity.ts';
import { codeFrame } from './code-frame.ts';
import type { ReportContext } from './context.ts';
import { escapeTerminal } from './escape.ts';
import { byContainer, byObject, openFindings } from './findings.ts';
import { verdictLine } from './verdict.ts';
import { causes, count, objectName } from './words.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns of the terminal; 100 when not given. Only source lines are cut to it. */
  readonly width?: number;
  /** Show every finding and every path where the default shows the first ones and a count. */
  readonly verbose?: boolean;
}

/**
 * The report for a terminal or a log: open findings by file, object and container with the source line, what was not
 * checked, and the verdict as the last line. Ends with a newline.
 */
export function terminalReport(report: Report, context: ReportContext, options: TerminalOptions): string {
  const printer = new Printer(report, context, options);
  const open = openFindings(report);
  const shown = options.verbose ? open : mostSevere(open, shownFindings);
  const files = groupBy(shown, ({ location }) => location.file);
  const blocks = [
    ...Array.from(files, ([file, findings]) => printer.file(file, findings)),
    printer.notShown(open, shown),
    printer.notChecked(report),
    printer.unknownKinds(report),
    printer.notices(report),
    [printer.verdict(report)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Style = Parameters<typeof styleText>[0];

const severityStyles: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
  internal: 'magenta',
};

/** More is not read; a log of ten thousand lines hides the first ones. */
const shownFindings = 300;
/** How many findings of one rule in one file are shown before the rest is folded into a line. */
const shownPerRule = 3;
const shownPaths = 5;
const shownLines = 20;

/** The `most` worst findings, in the order that they have. */
function mostSevere(findings: readonly Finding[], most: number): readonly Finding[] {
  if (findings.length <= most) return findings;
  const worst = findings.toSorted((a, b) => compareSeverity(a.severity, b.severity)).slice(0, most);
  const chosen = new Set(worst);
  return findings.filter((finding) => chosen.has(finding));
}

class Printer {
  readonly #context: ReportContext;
  readonly #secrets: ReadonlyMap<string, readonly Location[]>;
  readonly #color: boolean;
  readonly #width: number;
  readonly #verbose: boolean;

  constructor(
    report: Report,
    context: ReportContext,
    { color, width = 100, verbose = false }: TerminalOptions,
  ) {
    this.#context = context;
    const secrets = report.findings.filter(({ sensitive }) => sensitive);
    const places = secrets.flatMap(({ location, related }) => [location, ...related]);
    this.#secrets = groupBy(places, ({ file }) => file);
    this.#color = color;
    this.#width = width;
    this.#verbose = verbose;
  }

  file(file: string, findings: readonly Finding[]): string[] {
    const hidden = new Set<Finding>();
    const folded: string[] = [];
    for (const [rule, ofRule] of groupBy(findings, (finding) => finding.rule)) {
      const rest = this.#verbose ? [] : ofRule.slice(shownPerRule);
      for (const finding of rest) hidden.add(finding);
      if (rest.length > 0) folded.push(`  and ${rest.length} more of ${rule} in this file: ${linesOf(rest)}`);
    }
    const shown = findings.filter((finding) => !hidden.has(finding));
    const lines = [this.#paint('bold', escapeTerminal(file))];
    const explained = new Set<string>();
    for (const ofObject of byObject(shown)) lines.push(...this.#object(ofObject, explained));
    return [...lines, ...folded];
  }

  notShown(open: readonly Finding[], shown: readonly Finding[]): string[] {
    if (shown.length === open.length) return [];
    const visible = new Set(shown);
    const rest = open.filter((finding) => !visible.has(finding));
    const rules = [...groupBy(rest, ({ rule }) => rule)].sort(([, a], [, b]) => b.length - a.length);
    const lines = rules.slice(0, shownPaths).map(([rule, { length }]) => `  ${rule}: ${length}`);
    if (rules.length > shownPaths) lines.push(`  and ${count(rules.length - shownPaths, 'more rule')}`);
    const title = `Not shown: ${count(rest.length, 'finding')} of ${open.length}, none worse than those above (--verbose shows all)`;
    return this.#section(title, lines);
  }

  notChecked({ coverage }: Report): string[] {
    const lines: string[] = [];
    for (const [cause, files] of groupBy(coverage.notChecked, (file) => file.cause)) {
      lines.push(`  ${count(files.length, 'file')}: ${causes[cause]}`);
      const shown = this.#verbose ? files : files.slice(0, shownPaths);
      shown.forEach(({ file, reason }, index) => {
        const said = shown[index - 1]?.reason === reason;
        lines.push(`    ${escapeTerminal(said ? file : `${file}: ${reason}`)}`);
      });
      if (files.length > shown.length) lines.push(`    and ${files.length - shown.length} more`);
    }
    return this.#section('Not checked', lines);
  }

  unknownKinds({ coverage }: Report): string[] {
    const kinds = this.#verbose ? coverage.unknownKinds : coverage.unknownKinds.slice(0, shownPaths);
    const lines = kinds.map(
      ({ apiVersion, kind, objects }) =>
        `  ${escapeTerminal(`${apiVersion} ${kind}`)}: ${count(objects, 'object')}`,
    );
    const rest = coverage.unknownKinds.length - kinds.length;
    return this.#section('Fields not validated, no schema for the kind', [
      ...lines,
      ...(rest > 0 ? [`  and ${rest} more`] : []),
    ]);
  }

  notices({ notices }: Report): string[] {
    const lines = notices.map(({ message, file, line }) => {
      const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
      return `  ${escapeTerminal(`${place}${message}`)}`;
    });
    return this.#section('Notices', lines);
  }

  verdict(report: Report): string {
    return this.#paint(['bold', report.verdict.passed ? 'green' : 'red'], verdictLine(report));
  }

  /** The findings on an object: those about no container first, then each container's below a line with its name. */
  #object(findings: readonly Finding[], explained: Set<string>): string[] {
    const lines: string[] = [];
    const groups = byContainer(findings);
    const object = findings[0]?.object;
    const onlyContainer = groups.length === 1 ? object?.container : undefined;
    if (object !== undefined)
      lines.push(`  ${escapeTerminal(objectName(object))}${onContainer(', ', onlyContainer)}`);
    for (const group of groups.toSorted((a, b) => Number(hasContainer(a)) - Number(hasContainer(b)))) {
      const container = onlyContainer === undefined ? group[0]?.object?.container : undefined;
      if (container !== undefined) lines.push(onContainer('    ', container));
      const indentation = container === undefined ? 4 : 6;
      const placeWidth = Math.max(...group.map((finding) => placeOf(finding).length));
      for (const ofPlace of groupBy(group, placeKey).values())
        lines.push(...this.#place(ofPlace, explained, { indentation, placeWidth }));
    }
    return lines;
  }

  /** Findings that mark the same text: their messages, then the text once. */
  #place(
    findings: readonly Finding[],
    explained: Set<string>,
    { indentation, placeWidth }: { readonly indentation: number; readonly placeWidth: number },
  ): string[] {
    const [first] = findings;
    if (first === undefined) return [];
    const place = `${' '.repeat(indentation)}${placeOf(first).padEnd(placeWidth)}  `;
    const margin = ' '.repeat(place.length);
    const lines: string[] = [];
    for (const { rule, severity, message } of findings) {
      const label = this.#paint(severityStyles[severity], severity.padEnd(8));
      const start = lines.length === 0 ? place : margin;
      lines.push(`${start}${label}  ${escapeTerminal(message)}  ${this.#paint('gray', rule)}`);
      const remedy = this.#context.rule(rule)?.remedy;
      if (remedy !== undefined && !explained.has(rule))
        lines.push(`${margin}${' '.repeat(10)}Fix: ${remedy}`);
      explained.add(rule);
    }
    lines.push(...this.#frame(first, margin));
    const related = findings.flatMap((finding) =>
      finding.related.map((at) => `see ${at.file}:${at.line}:${at.column}: ${at.message}`),
    );
    for (const text of new Set(related)) lines.push(`${margin}${escapeTerminal(text)}`);
    return lines;
  }

  /** The marked source line with carets; nothing when it is not at hand. */
  #frame({ location, severity }: Finding, margin: string): string[] {
    const { file, line, precision } = location;
    const gutter = `${margin}${line} | `;
    const painted = this.#paint('gray', gutter);
    if (this.#isSecret(file, line)) return [`${painted}<hidden>`];
    const text = this.#context.sourceLine(file, line);
    if (text === undefined || precision === 'file') return [];
    const width = Math.max(20, this.#width - gutter.length);
    const { code, carets } = codeFrame(text, location.column - 1, endOffset(location, text), width);
    const below = this.#paint('gray', `${' '.repeat(gutter.length - 2)}| `);
    return [`${painted}${code}`, `${below}${this.#paint(severityStyles[severity], carets)}`];
  }

  /** Whether any finding says that the line holds a secret: then no other finding may show it either. */
  #isSecret(file: string, line: number): boolean {
    return (this.#secrets.get(file) ?? []).some((at) => at.line <= line && line <= at.endLine);
  }

  #section(title: string, lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : [this.#paint('bold', title), ...lines];
  }

  #paint(style: Style, text: string): string {
    return this.#color ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** Where the mark ends on its first line, as a 0-based UTF-16 offset. */
function endOffset({ line, endLine, endColumn }: Location, text: string): number {
  return endLine === line ? endColumn - 1 : text.length;
}

function linesOf(findings: readonly Finding[]): string {
  const lines = [...new Set(findings.map(({ location }) => location.line))];
  const shown = lines.slice(0, shownLines).join(', ');
  return `line${lines.length === 1 ? '' : 's'} ${shown}${lines.length > shownLines ? ', …' : ''}`;
}

function placeOf({ location: { line, column } }: Finding): string {
  return `${line}:${column}`;
}

function hasContainer([first]: readonly Finding[]): boolean {
  return first?.object?.container !== undefined;
}

function onContainer(before: string, container: string | undefined): string {
  return container === undefined ? '' : `${before}container ${escapeTerminal(container)}`;
}

function placeKey({ location: { line, column, endLine, endColumn } }: Finding): string {
  return [line, column, endLine, endColumn].join();
}
