/** What the kernel announced in one network namespace; the fields are those of `traffic watch`. */
export interface KernelChange {
  readonly what: 'qdisc' | 'filter' | 'link' | 'address';
  readonly deleted: boolean;
  readonly device: string;
  readonly kind?: string;
  readonly handle?: string;
  readonly parent?: string;
  readonly priority?: number;
  readonly address?: string;
}

/** One fault in one direction, as long as packets are subject to it. Times in epoch milliseconds of the node. */
export interface Fault {
  readonly direction: 'egress' | 'ingress';
  /** The two hexadecimal digits of the run's handles. */
  readonly handle: string;
  readonly from: number;
  /** Absent while it lasts. */
  readonly to?: number;
}

/** A filter of a run's gate has come or gone: packets go another way from then on. */
export interface Turn {
  /** The two hexadecimal digits of the run's handles. */
  readonly handle: string;
  readonly priority: number;
  readonly deleted: boolean;
  /** Epoch milliseconds of the node. */
  readonly at: number;
}

/** Parent of the filters on a device's ingress (TC_H_MIN_INGRESS). */
const INGRESS = 'ffff:fff2';

/**
 * The faults of one network namespace, from the kernel's announcements in their order.
 *
 * On the way out a fault lasts from the first netem qdisc below a 7cXX gate on the pod's device until the
 * 7aXX root is deleted (the kernel announces only the root). On the way in it lasts from the first filter of
 * priority 7aXX or 7bXX on the device's ingress until the last of them is gone, whatever becomes of the
 * ifb: a filter that points to nothing drops everything.
 */
export class FaultTimeline {
  readonly #faults: Fault[] = [];
  readonly #turns: Turn[] = [];
  readonly #filters = new Map<string, Set<number>>();

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  get active(): readonly Fault[] {
    return this.#faults.filter((fault) => fault.to === undefined);
  }

  /** The turns of the gates on the pod's device, of all runs. */
  get turns(): readonly Turn[] {
    return this.#turns;
  }

  add(change: KernelChange, at: number): void {
    if (change.device.startsWith('squall-')) return;
    if (change.what === 'qdisc') this.#addQdisc(change, at);
    if (change.what === 'filter' && change.parent === INGRESS) this.#addFilter(change, at);
    if (change.what === 'filter') this.#addTurn(change, at);
    if (change.what === 'link' && change.deleted) this.end(at);
  }

  /** The namespace or its device is gone. */
  end(at: number): void {
    this.#close(() => true, at);
    this.#filters.clear();
  }

  #addTurn({ parent, priority = 0, deleted }: KernelChange, at: number): void {
    const handle = /^7c([0-9a-f]{2}):$/.exec(parent ?? '')?.[1];
    if (handle !== undefined) this.#turns.push({ handle, priority, deleted, at });
  }

  #addQdisc({ kind, handle, parent, deleted }: KernelChange, at: number): void {
    const ours = /^(?:7[ab]|6[0-9a-f])([0-9a-f]{2}):$/.exec(handle ?? '')?.[1];
    if (ours !== undefined && deleted) {
      this.#close((fault) => fault.direction === 'egress' && fault.handle === ours, at);
    } else if (ours !== undefined && kind === 'netem' && parent?.startsWith(`7c${ours}:`)) {
      this.#open({ direction: 'egress', handle: ours, from: at });
    }
    if (kind === 'clsact' && deleted) {
      this.#close((fault) => fault.direction === 'ingress', at);
      this.#filters.clear();
    }
  }

  #addFilter({ priority = 0, deleted }: KernelChange, at: number): void {
    const ours = /^7[ab]([0-9a-f]{2})$/.exec(priority.toString(16))?.[1];
    if (ours === undefined) return;
    const priorities = this.#filters.get(ours) ?? new Set();
    this.#filters.set(ours, priorities);
    if (!deleted) {
      priorities.add(priority);
      this.#open({ direction: 'ingress', handle: ours, from: at });
    } else if (priorities.delete(priority) && priorities.size === 0) {
      this.#close((fault) => fault.direction === 'ingress' && fault.handle === ours, at);
    }
  }

  #open(fault: Fault): void {
    const same = (other: Fault) =>
      other.direction === fault.direction && other.handle === fault.handle;
    if (!this.active.some(same)) this.#faults.push(fault);
  }

  #close(which: (fault: Fault) => boolean, at: number): void {
    for (const [index, fault] of this.#faults.entries()) {
      if (fault.to === undefined && which(fault)) this.#faults[index] = { ...fault, to: at };
    }
  }
}
