/**
 * Whether a text has a part that something fills in before the object reaches a cluster: `${NAME}`, `$(NAME)`, `$NAME`,
 * `{{ name }}`, `<name>`, `%NAME%`, `@NAME@`, `__NAME__`, or a word in capitals such as `CLUSTER_NAME` in `node-HOSTNAME`.
 */
export function isPlaceholder(text: string): boolean {
  return (
    /\$[{(\w]|\{\{|\}\}|<[^<>]*>|%\w+%|@\w+@|__\w+__|\[\[/.test(text) ||
    /(?:^|[-.])[A-Z][A-Z0-9_]{3,}(?:$|[-.])/.test(text)
  );
}
