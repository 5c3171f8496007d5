import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ChaosExperimentStatus } from '../src/api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../src/api/v1alpha1/phases.ts';
import { DemoCluster, EXPERIMENT, SAMPLE, type TargetPod } from './demo-cluster.ts';
import { type Milestones, shortcomings, type Window } from './demo-ledger.ts';
import { Meter } from './demo-meter.ts';
import { lossTable, Screen, table } from './demo-screen.ts';

/** How long loss is measured before the experiment is applied, and after it is over, at least: milliseconds, windows. */
const QUIET_MS = 10_000;
const QUIET_WINDOWS = 3;
/** Longest time from applying to the end: the sample's minute, and what a busy node takes to start and to end it. */
const RUN_MS = 300_000;
/** Between two looks at the experiment. */
const LOOK_MS = 1_000;

/** One run of the sample, with packets counted all the time. */
class Demo {
  readonly #cluster: DemoCluster;
  readonly #meter: Meter;
  readonly #pods: readonly TargetPod[];
  readonly #screen = new Screen();
  readonly #windows: Window[] = [];
  #appliedMs: number | undefined;
  #runningMs: number | undefined;
  #overMs: number | undefined;
  #status: ChaosExperimentStatus = {};
  #lossPercentage = 0;
  #kubectl = '';

  constructor(cluster: DemoCluster, meter: Meter, pods: readonly TargetPod[]) {
    this.#cluster = cluster;
    this.#meter = meter;
    this.#pods = pods;
  }

  /** Runs it to its end and says what is not as it should be, a line each. */
  async run(): Promise<string[]> {
    const before = await this.#cluster.qdiscs();
    const over = new AbortController();
    const measuring = this.#measure().finally(() => over.abort());
    const [during] = await Promise.all([this.#follow(over.signal), measuring]);
    const after = await this.#cluster.qdiscs();
    this.#report(during, after);

    const { phase, message } = this.#status;
    const wrong = shortcomings(this.#windows, this.#milestones(), {
      pods: this.#pods.map(({ name }) => name),
      hit: this.#hit(),
      lossPercentage: this.#lossPercentage,
    });
    if (phase !== 'Completed') wrong.push(`the run ended as ${phase}: ${message}`);
    for (const { name, ip } of this.#pods)
      if (after.get(ip) !== before.get(ip))
        wrong.push(`${name} had qdisc ${before.get(ip)} and now has ${after.get(ip)}`);
    return wrong;
  }

  /** One window after another without a gap, until the run has been over for a while. */
  async #measure(): Promise<void> {
    const beganMs = Date.now();
    while (!this.#isQuietSince(this.#overMs)) {
      const startMs = Date.now();
      const counts = await Promise.all(
        this.#pods.map(async (pod) => [pod.name, await this.#meter.measure(pod)] as const),
      );
      this.#windows.push({ startMs, endMs: Date.now(), pods: new Map(counts) });
      this.#show();
      if (this.#appliedMs === undefined && this.#isQuietSince(beganMs)) {
        this.#appliedMs = Date.now();
        await this.#cluster.kubectl('apply', '-f', SAMPLE);
      }
      if (this.#overMs === undefined && Date.now() > (this.#appliedMs ?? Date.now()) + RUN_MS)
        throw new Error(`not over ${RUN_MS / 1_000} s after it was applied`);
    }
  }

  /** Whether enough was measured since then. */
  #isQuietSince(sinceMs: number | undefined): boolean {
    if (sinceMs === undefined || Date.now() < sinceMs + QUIET_MS) return false;
    return this.#windows.filter(({ startMs }) => startMs >= sinceMs).length >= QUIET_WINDOWS;
  }

  /** Looks at the experiment until told to end; returns the pods' qdiscs while the fault was there. */
  async #follow(over: AbortSignal): Promise<ReadonlyMap<string, string> | undefined> {
    let qdiscs: ReadonlyMap<string, string> | undefined;
    while (!over.aborted) {
      if (this.#appliedMs !== undefined) {
        const experiment = await this.#cluster.experiment();
        this.#status = experiment?.status ?? {};
        this.#lossPercentage = experiment?.spec.lossPercentage ?? 0;
        const { phase } = this.#status;
        if (phase === 'Running') this.#runningMs ??= Date.now();
        if (isFinal(phase)) this.#overMs ??= Date.now();
        this.#kubectl = await this.#cluster.kubectl('get', 'cx');
        if (phase === 'Running') qdiscs ??= await this.#cluster.qdiscs();
      }
      this.#show();
      await delay(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    }
    return qdiscs;
  }

  #show(): void {
    this.#screen.show({
      pods: this.#pods.map(({ name }) => name),
      windows: this.#windows,
      milestones: this.#milestones(),
      kubectl: this.#kubectl,
    });
  }

  #milestones(): Milestones {
    const { startTime = '', pods = [], run } = this.#status;
    const ends = pods.flatMap(({ applied, ended }) =>
      applied === undefined
        ? []
        : Date.parse(startTime) + (ended ?? applied + (run?.durationMs ?? 0)),
    );
    return {
      appliedMs: this.#appliedMs,
      runningMs: this.#runningMs,
      overMs: this.#overMs,
      firstEndMs: ends.length > 0 ? Math.min(...ends) : undefined,
    };
  }

  /** Names of the pods that have proven their fault, says the experiment. */
  #hit(): string[] {
    const { pods = [] } = this.#status;
    return pods.filter(({ applied }) => applied !== undefined).map(({ name }) => name);
  }

  #report(
    during: ReadonlyMap<string, string> | undefined,
    after: ReadonlyMap<string, string>,
  ): void {
    const hit = this.#hit();
    const roles = this.#pods.map(({ name }) => ({
      name,
      role: hit.includes(name) ? 'hit' : 'bystander',
    }));
    const qdiscs = this.#pods.map(({ name, ip }) => [
      name,
      during?.get(ip) ?? 'not seen',
      after.get(ip) ?? 'not seen',
    ]);
    const { phase, message } = this.#status;
    console.log(`
Packets lost on the way out of the pod / into it, counted by their receivers:

${lossTable(roles, this.#windows, this.#milestones()).join('\n')}

Seen from the node:

${table([['POD', 'TC QDISC DURING', 'TC QDISC AFTER'], ...qdiscs]).join('\n')}

${EXPERIMENT} says: ${phase}: ${message}`);
  }
}

const { values } = parseArgs({
  options: {
    namespace: { type: 'string', default: 'squall-demo' },
    /** The traffic program for this machine. */
    traffic: { type: 'string', default: 'build/traffic' },
  },
});
const cluster = await DemoCluster.connect(values.namespace);

/** Ctrl-C leaves no fault behind; a second one does not wait for that. */
let leaving = false;
const leave = () => {
  if (leaving) process.exit(130);
  leaving = true;
  console.log('\ndemo: ending the experiment');
  void cluster
    .deleteExperiment()
    .catch((error: unknown) => console.error(String(error)))
    .finally(() => process.exit(130));
};
process.on('SIGINT', leave);
process.on('SIGTERM', leave);

console.log('demo: starting the sample application');
const pods = await cluster.prepare();
const meter = await Meter.start({
  traffic: values.traffic,
  hostIp: cluster.hostIp,
  inPod: (name, command) => [
    'e2e/lab/lab',
    'kubectl',
    `--namespace=${values.namespace}`,
    'exec',
    '-i',
    name,
    '--',
    ...command,
  ],
  pods,
});
try {
  // The first packets open the channels to the pods, which takes its time.
  await Promise.all(pods.map((pod) => meter.measure(pod)));
  console.log(`demo: counting packets; kubectl apply -f ${SAMPLE} after ${QUIET_MS / 1_000} s\n`);
  const wrong = await new Demo(cluster, meter, pods).run();
  for (const line of wrong) console.log(`demo: FAILED: ${line}`);
  if (wrong.length === 0)
    console.log(`demo: the loss was there, as large as asked for and where asked for; it is gone

Look around:   e2e/lab/lab kubectl -n ${values.namespace} describe cx ${EXPERIMENT}
End the lab:   make clean`);
  if (wrong.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  // What failed here may have left the run going.
  await cluster.deleteExperiment().catch((again: unknown) => console.error(String(again)));
} finally {
  await meter.close();
  await cluster.close();
}
