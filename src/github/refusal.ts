/** HTTP status of a failed request; 0 for every other error. */
export function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 0;
}

/** What a failed request, or any other error, says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Whether GitHub refused a request because the token lacks a permission: "Resource not accessible by integration" or
 * "by personal access token", or "Not Found" for what the token may not know of.
 */
export function lacksPermission(error: unknown): boolean {
  const status = statusOf(error);
  return status === 404 || (status === 403 && messageOf(error).includes('Resource not accessible'));
}
