import { setTimeout as delay } from 'node:timers/promises';

export interface AwaitOptions {
  /** Milliseconds until the wait fails. */
  readonly withinMs: number;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
  /** What to say about the objects concerned when the wait fails. */
  readonly describe?: () => Promise<string> | string;
}

/**
 * Looks until `probe` returns something other than undefined and false, and returns that. At the
 * deadline it fails with what was awaited, how long, and a description of the objects concerned. An
 * error of the probe ends the wait at once: a condition that cannot be read is not "not yet".
 */
export async function awaitCondition<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs, everyMs = 100, describe }: AwaitOptions,
): Promise<T> {
  const started = Date.now();
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() - started > withinMs) {
      const details = describe === undefined ? '' : `\n${await describe()}`;
      throw new Error(`not within ${withinMs} ms: ${what}${details}`);
    }
    await delay(everyMs);
  }
}
