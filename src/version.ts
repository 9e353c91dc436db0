/** Version of Plimsoll; the build writes it in. */
export const version: string = typeof PLIMSOLL_VERSION === 'string' ? PLIMSOLL_VERSION : '0.0.0-dev';

declare const PLIMSOLL_VERSION: string | undefined;
