import { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';

/** GitHub's REST and GraphQL API with one token. */
export type Client = ReturnType<typeof createClient>;

/** Takes what a request has to say about itself. */
export interface Logger {
  debug(message: string): void;
  notice(message: string): void;
}

/** How often one request is tried again. */
const retries = 2;

/** A rate limit that ends later is not waited for, in seconds. */
const longestWait = 120;

/**
 * A client that repeats requests which the server failed to answer, and waits as long as a rate limit says, if that is
 * two minutes at most. Other answers from 400 to 499 are final: repeating them can get a token suspended, and a missing
 * permission is better known at once.
 * @param apiUrl such as `https://api.github.com`
 */
export function createClient(token: string, apiUrl: string, log: Logger) {
  const limited = (
    seconds: number,
    request: { method: string; url: string },
    _: unknown,
    count: number,
  ): boolean => {
    const again = count < retries && seconds <= longestWait;
    const next = again ? `trying again in ${seconds} s` : `giving up (it lasts ${seconds} s)`;
    log.notice(`GitHub's rate limit is reached at ${request.method} ${request.url}: ${next}.`);
    return again;
  };
  return getOctokit(
    token,
    {
      baseUrl: apiUrl,
      log: { debug: log.debug, info: log.debug, warn: log.debug, error: log.debug },
      // A rate limit (429) is the throttling plugin's, which knows how long to wait.
      retry: { retries, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
      throttle: { id: apiUrl, onRateLimit: limited, onSecondaryRateLimit: limited },
    },
    retry,
    throttling,
  );
}
