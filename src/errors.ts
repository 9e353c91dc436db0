/**
 * A mistake that the user can mend: wrong usage, a bad config, a path that is not there.
 * Entry points print `what`, `where` and `todo` without a stack and end with exit code 2.
 */
export class UserError extends Error {
  /** File, position or option that the mistake is in, such as `.plimsoll.yaml:3:5`. */
  readonly where: string | undefined;
  /** One sentence that says what to do. */
  readonly todo: string | undefined;

  constructor(what: string, options: { where?: string; todo?: string; cause?: unknown } = {}) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.where = options.where;
    this.todo = options.todo;
  }
}

/** What is wrong, where, and what to do: the lines to print of a user's mistake. It may hold hostile text. */
export function mistakeText({ message, where, todo }: UserError): string {
  const first = where === undefined ? message : `${where}: ${message}`;
  return todo === undefined ? first : `${first}\n${todo}`;
}

/** The lines to print of a mistake in Plimsoll itself, with the stack and where to report it. */
export function defectText(error: unknown, version: string): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Plimsoll ${version} broke. Please report this: https://github.com/plimsoll-dev/plimsoll/issues\n${detail}`;
}
