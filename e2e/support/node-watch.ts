import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { awaitCondition } from './await-condition.ts';
import { type Fault, FaultTimeline, type KernelChange, type Turn } from './fault-timeline.ts';
import { onNode } from './lab.ts';

/** A line of `traffic watch`. */
type Observation = { readonly atUs: number } & (
  | { readonly event: 'ready' }
  | { readonly event: 'clock'; readonly echo: string }
  | { readonly event: 'open' | 'gone' | 'lost'; readonly netns: string }
  | ({ readonly event: 'change'; readonly netns: string } & KernelChange)
);

/** How far the node's clock may be from where its best answer places it, in milliseconds. */
export interface ClockOffset {
  /** Node's clock minus ours. */
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
}

const CLOCK_PROBES = 15;

/**
 * Sees the qdiscs of every pod's network namespace from the node, by the kernel's own announcements,
 * without a tool in the pod and without the system under test.
 */
export class NodeWatch {
  readonly #relay: Socket;
  readonly #timelines = new Map<string, FaultTimeline>();
  /** Network namespace by pod address; addresses are used again, so the last one counts. */
  readonly #namespaces = new Map<string, string>();
  readonly #clockAnswers = new Map<string, (nodeMs: number) => void>();
  #ready = false;
  #failure: string | undefined;

  private constructor(relay: Socket) {
    this.#relay = relay;
    createInterface({ input: relay }).on('line', (line) =>
      this.#observe(JSON.parse(line) as Observation),
    );
    relay.on('close', () => {
      this.#failure ??= 'the watch on the node has ended';
    });
  }

  /** @param path the socket of the relay, which has everything since the start of all suites */
  static async start(path: string): Promise<NodeWatch> {
    const relay = connect(path);
    await once(relay, 'connect');
    const watch = new NodeWatch(relay);
    await awaitCondition('the watch on the node is ready', () => watch.#check().#ready, {
      withinMs: 30_000,
      everyMs: 20,
    });
    return watch;
  }

  stop(): void {
    this.#failure = 'the watch on the node was stopped';
    this.#relay.destroy();
  }

  /** Whether the address has been seen in a network namespace of its own. */
  sees(podIp: string): boolean {
    return this.#check().#namespaces.has(podIp);
  }

  /** All faults so far in the namespace of the pod with this address. */
  faults(podIp: string): readonly Fault[] {
    return this.#timeline(podIp).faults;
  }

  active(podIp: string): readonly Fault[] {
    return this.#timeline(podIp).active;
  }

  /** How the fault was turned while it was held, by steps and pulses, on the pod's own device. */
  turns(podIp: string): readonly Turn[] {
    return this.#timeline(podIp).turns;
  }

  /** Resolves once the pod's namespace is listened to. */
  async awaitPod(podIp: string): Promise<void> {
    await awaitCondition(`the node's namespace of ${podIp}`, () => this.sees(podIp), {
      withinMs: 20_000,
      everyMs: 20,
    });
  }

  /** The name of the pod's network namespace on the node. */
  namespaceOf(podIp: string): string {
    const netns = this.#check().#namespaces.get(podIp);
    if (netns === undefined)
      throw new Error(`the node has shown no namespace with address ${podIp}`);
    return netns;
  }

  /** Qdiscs, ingress filters and links of the pod, as tc and ip print them; equal texts mean that nothing is left. */
  async residue(podIp: string): Promise<string> {
    const look =
      'tc qdisc show; ip -br link | while read -r link _; do echo $link; ' +
      'tc filter show dev ${link%@*} ingress 2>/dev/null; done; true';
    return onNode(`nsenter --net=/var/run/netns/${this.namespaceOf(podIp)} sh -c '${look}'`);
  }

  /** From the fastest of some questions: the answer lies within half of its round trip. */
  async clockOffset(): Promise<ClockOffset> {
    let best: ClockOffset | undefined;
    for (let probe = 0; probe < CLOCK_PROBES; probe += 1) {
      const id = `${probe}-${Math.random()}`;
      const asked = performance.timeOrigin + performance.now();
      const answer = new Promise<number>((resolve) => this.#clockAnswers.set(id, resolve));
      this.#check().#relay.write(`${id}\n`);
      const nodeMs = await answer;
      const trip = performance.timeOrigin + performance.now() - asked;
      if (best === undefined || trip / 2 < best.uncertaintyMs) {
        best = { offsetMs: nodeMs - asked - trip / 2, uncertaintyMs: trip / 2 };
      }
    }
    return best!;
  }

  /** Fails when the node's account is incomplete: then nothing can be said about a fault. */
  #check(): this {
    if (this.#failure !== undefined) throw new Error(this.#failure);
    return this;
  }

  #timeline(podIp: string): FaultTimeline {
    return this.#of(this.namespaceOf(podIp));
  }

  #of(netns: string): FaultTimeline {
    const timeline = this.#timelines.get(netns) ?? new FaultTimeline();
    this.#timelines.set(netns, timeline);
    return timeline;
  }

  #observe(seen: Observation): void {
    const atMs = seen.atUs / 1_000;
    switch (seen.event) {
      case 'ready':
        this.#ready = true;
        return;
      case 'clock':
        this.#clockAnswers.get(seen.echo)?.(atMs);
        this.#clockAnswers.delete(seen.echo);
        return;
      case 'open':
        this.#of(seen.netns);
        return;
      case 'gone':
        this.#of(seen.netns).end(atMs);
        return;
      case 'lost':
        this.#failure = `the node dropped announcements of ${seen.netns}`;
        return;
      case 'change':
        if (seen.what === 'address' && !seen.deleted && seen.address !== undefined) {
          this.#namespaces.set(seen.address, seen.netns);
        }
        this.#of(seen.netns).add(seen, atMs);
        return;
    }
  }
}
