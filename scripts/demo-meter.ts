import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Count, Way } from './demo-ledger.ts';

/** Beside the port of the pods' own receivers: the end-to-end tests have theirs on the same host. */
const HOST_PORT = 7100;
const POD_PORT = 7000;

/** 64-byte packets a second and direction: enough to measure by, nothing to an emulated node. */
const RATE = 250;
const PACKETS = 400;

/** An answer takes PACKETS / RATE seconds; the rest is for a node that is busy. */
const ANSWER_MS = 60_000;

/** Runs `traffic` in a pod or on the host, one command after another, in a shell that stays. */
class Shell {
  readonly #process: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];
  #ended: string | undefined;
  #stderr = '';

  constructor(command: readonly string[]) {
    const [file = '', ...args] = command;
    this.#process = spawn(file, args, { stdio: 'pipe' });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      this.#waiting.shift()?.(line);
    });
    this.#process.stderr!.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    this.#process.on('error', (error) => (this.#ended = error.message));
    this.#process.on('exit', (code, signal) => (this.#ended ??= `ended with ${signal ?? code}`));
    this.#process.stdin!.on('error', () => undefined);
  }

  /** The JSON that the command prints, in one line. Commands are answered in the order in which they are given. */
  async ask(command: string): Promise<Readonly<Record<string, unknown>>> {
    const answer = Promise.withResolvers<string>();
    const failed = () => answer.reject(new Error(`"${command}" ${this.#ended}: ${this.#stderr}`));
    if (this.#ended !== undefined) failed();
    this.#process.once('exit', failed);
    const limit = setTimeout(() => {
      answer.reject(new Error(`"${command}" not answered in ${ANSWER_MS} ms: ${this.#stderr}`));
    }, ANSWER_MS);
    this.#waiting.push(answer.resolve);
    this.#process.stdin!.write(`${command}\n`);
    try {
      return JSON.parse(await answer.promise) as Readonly<Record<string, unknown>>;
    } finally {
      clearTimeout(limit);
      this.#process.off('exit', failed);
    }
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = once(this.#process, 'exit');
    this.#process.stdin!.end();
    this.#process.kill();
    await exited;
  }
}

/** What each line of its input says; an error ends it, and with it the measurement. */
const LOOP = 'while read -r line; do $TRAFFIC $line || exit; done';

export interface MeterOptions {
  /** The traffic program for this machine. */
  readonly traffic: string;
  /** This machine, as pods reach it. */
  readonly hostIp: string;
  /** Runs a command in the pod of that name, with standard input. */
  readonly inPod: (name: string, command: readonly string[]) => readonly string[];
  readonly pods: readonly { readonly name: string; readonly ip: string }[];
}

/**
 * Counts what becomes of real packets between the host and pods, outside of the tool that is shown: sequence-numbered
 * UDP, in each direction on its own, counted by the receiver. Its channel to the pods is the kubelet's, which no
 * fault on a pod's interface touches.
 */
export class Meter {
  readonly #options: MeterOptions;
  readonly #sink: ChildProcess;
  readonly #pods: ReadonlyMap<string, { readonly inside: Shell; readonly outside: Shell }>;

  private constructor(options: MeterOptions, sink: ChildProcess) {
    this.#options = options;
    this.#sink = sink;
    const { traffic, inPod, pods } = options;
    this.#pods = new Map(
      pods.map(({ name }) => [
        name,
        {
          inside: new Shell(inPod(name, ['sh', '-c', `TRAFFIC=traffic; ${LOOP}`])),
          outside: new Shell(['sh', '-c', `TRAFFIC=${traffic}; ${LOOP}`]),
        },
      ]),
    );
  }

  /** Rejects when the host's port is taken. */
  static async start(options: MeterOptions): Promise<Meter> {
    const args = ['serve', '-udp', `${HOST_PORT}`, '-tcp', `${HOST_PORT + 1}`, '-http', '0'];
    const sink = spawn(options.traffic, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(sink, 'exit').then(([code]) => {
      throw new Error(`traffic serve ended with ${code}: is port ${HOST_PORT} taken?`);
    });
    await Promise.race([once(sink.stdout, 'data'), gone]);
    gone.catch(() => undefined);
    return new Meter(options, sink);
  }

  /** Sends packets for some seconds, in both directions at once, and says how many were lost. */
  async measure(pod: { readonly name: string; readonly ip: string }): Promise<Record<Way, Count>> {
    const shells = this.#pods.get(pod.name);
    if (shells === undefined) throw new Error(`${pod.name} is not measured`);
    const { inside, outside } = shells;
    const [outward, inward] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
    const sending = `-n ${PACKETS} -rate ${RATE}`;
    await Promise.all([
      inside.ask(`send -to ${this.#options.hostIp}:${HOST_PORT} -flow ${outward} ${sending}`),
      outside.ask(`send -to ${pod.ip}:${POD_PORT} -flow ${inward} ${sending}`),
    ]);
    const asking = `-quiet 200ms -n ${PACKETS}`;
    const [egress, ingress] = await Promise.all([
      outside.ask(`stats -udp ${HOST_PORT} ${asking} ${outward}`),
      inside.ask(`stats -udp ${POD_PORT} ${asking} ${inward}`),
    ]);
    return {
      egress: { sent: PACKETS, lost: Number(egress['lost']) },
      ingress: { sent: PACKETS, lost: Number(ingress['lost']) },
    };
  }

  async close(): Promise<void> {
    const shells = [...this.#pods.values()].flatMap(({ inside, outside }) => [inside, outside]);
    await Promise.all(shells.map((shell) => shell.close()));
    if (this.#sink.exitCode !== null || this.#sink.signalCode !== null) return;
    const exited = once(this.#sink, 'exit');
    this.#sink.kill();
    await exited;
  }
}
