import type { KubeClient } from './client.ts';

export interface FollowLogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Limit of the whole call; the container may be silent all that time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is beyond it in a line is dropped. */
const maxLineLength = 16 * 1024;

/**
 * Reads a container's log from its first line on, by one request, which is closed as soon as `onLine` has enough.
 * Resolves 'end' at the end of the log: the container has ended. Rejects with KubeError otherwise: BadRequest while
 * the container has not started, NotFound without the pod, Timeout, Aborted, Unreachable. Needs get on pods/log.
 */
export async function followLog(
  client: KubeClient,
  options: FollowLogOptions,
  onLine: (line: string) => 'more' | 'enough',
): Promise<'enough' | 'end'> {
  const { namespace, pod, container, timeoutMs, signal } = options;
  const lines = client.stream({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
    query: { container, follow: true },
    timeoutMs,
    idleMs: timeoutMs,
    maxLineLength,
    overlong: 'cut',
    signal,
  });
  for await (const line of lines) {
    if (onLine(line) === 'enough') return 'enough';
  }
  return 'end';
}
