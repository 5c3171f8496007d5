import type { Engine } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { type AgentIdentity, parseAgentEvent } from '../domain/agent/report.ts';
import type { Proof } from '../domain/lifecycle/observed.ts';
import type { Pod } from '../domain/targets/pod.ts';
import { STATUS_COMMAND } from '../injector/commands.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import { exec } from '../kube/exec.ts';
import { followLog } from '../kube/logs.ts';

/** The agent proves its fault within a second of its start, or says why not. */
const TIMEOUT_MS = 30_000;

/**
 * The agent's own words about its start and its fault. They come from the container's log, or, where we may not read
 * it, from asking the agent. Rejects with KubeError when neither could be read or the agent has said neither yet.
 */
export async function readProof(
  client: KubeClient,
  clock: Clock,
  pod: Pod,
  container: string,
  identity: AgentIdentity,
  signal?: AbortSignal,
): Promise<Proof> {
  const { namespace, name } = pod.metadata;
  const target = { namespace, pod: name, container, timeoutMs: TIMEOUT_MS, signal };
  const words = new Words(identity);
  try {
    await followLog(client, target, (line) => words.hear(line));
  } catch (error) {
    if (!(error instanceof KubeError) || error.code !== 'Forbidden') throw error;
    const { stdout } = await exec(client, { ...target, command: STATUS_COMMAND });
    for (const line of stdout.split('\n')) words.hear(line);
  }
  return words.proof(clock.now());
}

class Words {
  readonly #identity: AgentIdentity;
  #startedAtMs: number | undefined;
  #appliedAtMs: number | undefined;
  #engine: Engine | undefined;
  #ended = false;

  constructor(identity: AgentIdentity) {
    this.#identity = identity;
  }

  hear(line: string): 'more' | 'enough' {
    const event = parseAgentEvent(line, this.#identity);
    switch (event?.event) {
      case undefined:
      case 'peers':
        return 'more';
      case 'start':
        this.#startedAtMs = event.epochMs;
        return 'more';
      case 'applied':
        this.#appliedAtMs = event.epochMs;
        this.#engine = event.engine;
        return 'enough';
      case 'report':
        if (event.report.applied) this.#appliedAtMs ??= event.report.appliedAtMs;
        this.#ended = true;
        return 'enough';
    }
  }

  proof(readAt: number): Proof {
    if (this.#appliedAtMs === undefined && !this.#ended) {
      throw new KubeError('Protocol', 'the agent has not proven its fault yet');
    }
    return {
      readAt,
      ...(this.#startedAtMs !== undefined && { startedAtMs: this.#startedAtMs }),
      ...(this.#appliedAtMs !== undefined && { appliedAtMs: this.#appliedAtMs }),
      ...(this.#engine !== undefined && { engine: this.#engine }),
    };
  }
}
