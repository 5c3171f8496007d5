import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { awaitCondition } from './await-condition.ts';

const MAIN = fileURLToPath(new URL('../../src/controller/main.ts', import.meta.url));

export const INJECTOR_IMAGE = 'squall.local/injector:dev';

export interface ControllerOptions {
  readonly kubeconfig: string;
  /** It reconciles the experiments whose shard label has this value, and no other. */
  readonly shard: string;
  readonly injectorImage?: string;
  /** The step at which the process kills itself with SIGKILL. */
  readonly failpoint?: string;
  /** Flags beside those. */
  readonly flags?: readonly string[];
}

/** A controller from the sources, as a process of the test: it can be killed at any moment. */
export class ControllerProcess {
  readonly #process: ChildProcess;
  readonly #healthPort: number;
  #log = '';

  private constructor(process: ChildProcess, healthPort: number) {
    this.#process = process;
    this.#healthPort = healthPort;
    for (const output of [process.stdout!, process.stderr!]) {
      output.on('data', (text: Buffer) => {
        this.#log += text.toString();
      });
    }
  }

  /** Resolves as soon as the process runs; `ready` waits until it works. */
  static async start({
    kubeconfig,
    shard,
    injectorImage,
    failpoint,
    flags = [],
  }: ControllerOptions): Promise<ControllerProcess> {
    const [metricsPort, healthPort] = await Promise.all([freePort(), freePort()]);
    const args = [
      MAIN,
      '--kubeconfig',
      kubeconfig,
      '--injector-image',
      injectorImage ?? INJECTOR_IMAGE,
      '--watch-label-selector',
      `squall.dev/shard=${shard}`,
      '--metrics-port',
      String(metricsPort),
      '--health-port',
      String(healthPort),
      ...flags,
    ];
    const env = {
      ...process.env,
      ...(failpoint === undefined ? {} : { SQUALL_FAILPOINT: failpoint }),
    };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new ControllerProcess(child, healthPort);
  }

  get log(): string {
    return this.#log;
  }

  /** The signal or exit code that ended it; undefined while it runs. */
  get ended(): string | undefined {
    const { signalCode, exitCode } = this.#process;
    return signalCode ?? (exitCode === null ? undefined : `exit code ${exitCode}`);
  }

  async ready(): Promise<this> {
    await awaitCondition('the controller process is ready', () => this.#answersReady(), {
      withinMs: 60_000,
      everyMs: 50,
      describe: () => this.#log,
    });
    return this;
  }

  /** As a crash: no signal handler runs. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** In order, as Kubernetes does it. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Waits until it has ended by itself and returns how. */
  async death(withinMs: number): Promise<string> {
    return awaitCondition('the controller process ends', () => this.ended, {
      withinMs,
      everyMs: 20,
      describe: () => this.#log,
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.ended !== undefined) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  async #answersReady(): Promise<boolean> {
    if (this.ended !== undefined)
      throw new Error(`the controller process ended with ${this.ended}:\n${this.#log}`);
    try {
      return (await fetch(`http://127.0.0.1:${this.#healthPort}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
