import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

/** Closed list, from the most to the least that is written. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Throws a RangeError that names the levels there are. */
export function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((one) => one === text);
  if (!level) throw new RangeError(`log level ${text}: must be one of ${logLevels.join(', ')}`);
  return level;
}

export interface LoggerOptions {
  /** Default: $SQUALL_LOG_LEVEL, else info. */
  readonly level?: LogLevel | undefined;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON object a line: level as a word, time in RFC 3339 with milliseconds, msg, and what the call adds; an error
 * goes under `err`. Written at once, so that the last lines before a crash are there.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const level = options.level ?? parseLogLevel(process.env['SQUALL_LOG_LEVEL'] ?? 'info');
  const { destination = pino.destination({ dest: 1, sync: true }) } = options;
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}
