import type { KubeClient } from './client.ts';

export interface ExecOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin?: string;
  /** Whole call; default 15 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** stdout and stderr hold at most the first 64 KiB each. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves with the command's exit code, also a non-zero one; rejects with KubeError when it is not known. */
export declare function exec(client: KubeClient, options: ExecOptions): Promise<ExecResult>;
