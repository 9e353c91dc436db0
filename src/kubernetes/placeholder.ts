/**
 * Whether a text has a part that something fills in before the object reaches a cluster: `${NAME}`, `$(NAME)`, `$NAME`,
 * `{{ name }}`, `<name>`, `%NAME%`, `@NAME@`, `__NAME__`, or is a word such as `CLUSTER_NAME` as a whole.
 */
export function isPlaceholder(text: string): boolean {
  return (
    /\$[{(\w]|\{\{|\}\}|<[^<>]*>|%\w+%|@\w+@|__\w+__|\[\[/.test(text) ||
    /^[A-Z][A-Z0-9]*_[A-Z0-9_]*$/.test(text)
  );
}
