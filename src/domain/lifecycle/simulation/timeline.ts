interface Happening {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Virtual time, what is to happen in it, and chance that a seed reproduces. */
export class Timeline {
  #now: number;
  #order = 0;
  #state: number;
  readonly #ahead: Happening[] = [];

  /** @param startMs milliseconds since the epoch */
  constructor(startMs: number, seed: number) {
    this.#now = startMs;
    this.#state = seed >>> 0;
  }

  get now(): number {
    return this.#now;
  }

  at(time: number, happen: () => void): void {
    this.#ahead.push({ at: Math.max(time, this.#now), order: this.#order++, happen });
  }

  after(ms: number, happen: () => void): void {
    this.at(this.#now + ms, happen);
  }

  /** Lets the next thing happen; false when nothing is left before `end`. */
  step(end: number): boolean {
    let next = -1;
    this.#ahead.forEach(({ at, order }, index) => {
      const best = this.#ahead[next];
      if (best === undefined || at < best.at || (at === best.at && order < best.order))
        next = index;
    });
    const [first] = this.#ahead.slice(next, next + 1);
    if (first === undefined || first.at > end) return false;
    this.#ahead.splice(next, 1);
    this.#now = first.at;
    first.happen();
    return true;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  /** True once in a while: with this probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** mulberry32: 32 bits of state are plenty for a test. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
