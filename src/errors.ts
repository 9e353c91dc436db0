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
