import { createLogger, type Logger } from '../telemetry/log.ts';

export interface Program<Flags> {
  readonly name: string;
  readonly usage: string;
  /** Throws an Error whose message says what is wrong with the arguments and what they take. */
  readonly parseFlags: (args: readonly string[]) => Flags;
  /** Resolves when the program has ended as `stopping` told it to; rejects when it could not start or go on. */
  readonly run: (flags: Flags, log: Logger, stopping: AbortSignal) => Promise<void>;
}

/**
 * Runs a program until SIGTERM or SIGINT. Resolves with its exit code: 0 stopped as told, 1 could not start or go on,
 * 2 unusable arguments.
 */
export async function runProgram<Flags>(program: Program<Flags>): Promise<number> {
  let flags: Flags;
  try {
    flags = program.parseFlags(process.argv.slice(2));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n${program.usage}`);
    return 2;
  }
  const log = createLogger();
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  try {
    await program.run(flags, log, stopping.signal);
    return 0;
  } catch (err) {
    log.fatal({ err }, `${program.name} failed`);
    return 1;
  }
}
