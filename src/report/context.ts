import type { RuleInfo } from '../rules/rule.ts';

/** What the surfaces for people need beside the report. */
export interface ReportContext {
  /** Metadata of a rule; undefined for an id that is no rule's (internal). */
  rule(id: string): RuleInfo | undefined;
  /** Text of a line (1-based) of a file without its line break, undefined when it is not at hand. */
  sourceLine(file: string, line: number): string | undefined;
  /** Link to a place at the checked commit, undefined outside GitHub. */
  link?(file: string, line?: number): string | undefined;
}
