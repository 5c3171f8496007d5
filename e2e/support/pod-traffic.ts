import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startKubectl } from './lab.ts';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  answered(answer: Answer): void;
  failed(error: Error): void;
}

/**
 * The traffic program in a pod, started there once for all that it is asked: to start anything in a container costs an
 * emulated node most of a second. Started anew when it has ended.
 */
export class PodTraffic {
  readonly #namespace: string;
  readonly #pod: string;
  readonly #waiting = new Map<number, Waiting>();
  #session: ChildProcessWithoutNullStreams | undefined;
  #listening: Promise<unknown> | undefined;
  #asked = 0;

  constructor(namespace: string, pod: string) {
    this.#namespace = namespace;
    this.#pod = pod;
  }

  /** Runs a verb there and returns its result. Several may be under way at once. */
  run(args: readonly string[], timeoutMs: number): Promise<unknown> {
    const what = `${this.#pod}: traffic ${args.join(' ')}`;
    this.#asked += 1;
    const id = this.#asked;
    return new Promise<unknown>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      const fail = (why: string) => {
        done();
        reject(new Error(`${what}: ${why}`));
      };
      const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
      this.#waiting.set(id, {
        answered({ result, error }) {
          if (error !== undefined) return fail(error);
          done();
          resolve(result);
        },
        failed: (error) => fail(error.message),
      });
      this.#session ??= this.#start();
      this.#session.stdin.write(`${JSON.stringify({ id, args })}\n`);
    });
  }

  /** Resolves once the receiver in the pod has opened its sockets: it answers then. */
  async listening(): Promise<void> {
    this.#listening ??= this.run(['stats', '-quiet', '0s', 'none'], 60_000);
    await this.#listening;
  }

  close(): void {
    this.#session?.kill();
  }

  #start(): ChildProcessWithoutNullStreams {
    const where = ['exec', '-i', '-n', this.#namespace, this.#pod, '-c', 'app'];
    const session = startKubectl([...where, '--', 'traffic', 'control']);
    let said = '';
    session.stderr.on('data', (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-2_000);
    });
    // Whoever waits is told by the end of the process.
    session.stdin.on('error', () => {});
    createInterface({ input: session.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.answered(answer);
    });
    session.on('close', (code, signal) => {
      if (this.#session === session) {
        this.#session = undefined;
        this.#listening = undefined;
      }
      const ended = new Error(`the session with the pod has ended (${signal ?? code}): ${said}`);
      for (const one of this.#waiting.values()) one.failed(ended);
    });
    return session;
  }
}
