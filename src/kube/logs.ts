import type { KubeClient } from './client.ts';

export interface FollowLogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whole call; the log may be silent all that time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves 'enough' when `onLine` said so, 'end' at the end of the log; rejects with KubeError (Timeout, NotFound, BadRequest while the container waits to start, ...). */
export declare function followLog(
  client: KubeClient,
  options: FollowLogOptions,
  onLine: (line: string) => 'more' | 'enough',
): Promise<'enough' | 'end'>;
