import type { Logger } from 'pino';

export type { Logger };

/** Closed list of pino's level names. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export declare function createLogger(options?: { readonly level?: LogLevel }): Logger;
