import { awaitCondition } from './await-condition.ts';
import { hasRoom, isLeft } from './pod.ts';
import type { Suite, TestPod } from './suite.ts';

/** Pods that are used by one test after another: making one costs an emulated node as much as a fault. */
export class PodPool {
  readonly #suite: Suite;
  readonly #name: string;
  readonly #pods: number;
  readonly #free: (readonly TestPod[])[] = [];
  #made = 0;

  /**
   * @param name of the pods, before their number
   * @param pods how many one test gets
   */
  constructor(suite: Suite, name: string, pods: number) {
    this.#suite = suite;
    this.#name = name;
    this.#pods = pods;
  }

  /**
   * Lends pods that nobody else has. Those of a test that fails are not lent again, others once the kubelet has reported
   * the end of what the test ran in them: an agent whose experiment is gone bars a pod for as long as it seems to run.
   */
  async lend(test: (pods: readonly TestPod[]) => Promise<void>): Promise<void> {
    const pods = this.#free.pop() ?? (await this.#make());
    await test(pods);
    const left = await awaitCondition(
      'the end of all containers is reported',
      async () => {
        const now = await Promise.all(pods.map(({ name }) => this.#suite.readPod(name)));
        return now.every(isLeft) && now;
      },
      { withinMs: 60_000, describe: () => this.#suite.describe() },
    );
    if (left.every(hasRoom)) this.#free.push(pods);
  }

  #make(): Promise<TestPod[]> {
    this.#made += 1;
    const set = `${this.#name}-${this.#made}`;
    const names = Array.from({ length: this.#pods }, (_, n) => `${set}-${n}`);
    return this.#suite.pods(names);
  }
}
