import { createHash } from 'node:crypto';
import { backoffMs } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { Deadline } from './deadline.ts';
import { KubeError } from './errors.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventInput {
  /** What it is about; the event is created in its namespace, without one in "default". */
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** Why, in CamelCase: 1 to 128 bytes. */
  readonly reason: string;
  /** What was done or not done, in CamelCase: 1 to 128 bytes. */
  readonly action: string;
  /** For people; what is beyond 1,024 bytes is cut. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** reportingController; default squall.dev/controller. */
  readonly controller?: string;
  /** reportingInstance: the pod's or host's name. */
  readonly instance: string;
  /** An event was given up: refused with that error, or, without one, because too many waited. */
  readonly onDropped?: (event: EventInput, error: KubeError | undefined) => void;
}

/** Limits of k8s.io/api/events/v1. */
const maxNoteBytes = 1024;
const maxInstanceBytes = 128;
const maxNameLength = 253;
/** The same event again within this time continues the series; the API server's own clients use the same time. */
const seriesMs = 6 * 60_000;
/** Events that wait to be sent, and series that are remembered. */
const maxPending = 256;
const maxSeries = 1024;
const maxAttempts = 3;
const sendTimeoutMs = 10_000;
const backoff = { first: 1000, max: 4000, random: 0 };

interface Pending {
  readonly input: EventInput;
  readonly firstAt: number;
  lastAt: number;
  times: number;
}

interface Series {
  readonly name: string;
  count: number;
  lastAt: number;
}

/**
 * Writes events.k8s.io/v1 events. Needs create and patch on events in that group, in the namespaces of what the
 * events are about. Never fails and never blocks its caller: an event that cannot be written is given up.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  /** By identity, in the order of recording. */
  readonly #pending = new Map<string, Pending>();
  readonly #series = new Map<string, Series>();
  readonly #waiters = new Set<() => void>();
  #sending = false;
  #named = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** The same event (all fields equal) within 6 minutes of the last raises that one's series.count. */
  record(event: EventInput): void {
    const input = { ...event, note: cut(event.note, maxNoteBytes) };
    const identity = JSON.stringify(input);
    const now = this.#options.client.clock.now();
    const pending = this.#pending.get(identity);
    if (pending) {
      pending.times++;
      pending.lastAt = now;
      return;
    }
    if (this.#pending.size >= maxPending) {
      this.#options.onDropped?.(event, undefined);
      return;
    }
    this.#pending.set(identity, { input, firstAt: now, lastAt: now, times: 1 });
    if (!this.#sending) void this.#sendAll();
  }

  /** True when all that was recorded is written or given up; false when that takes longer than `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (!this.#sending) return true;
    const { clock } = this.#options.client;
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        resolve(true);
      };
      const timer = clock.setTimer(timeoutMs, () => {
        this.#waiters.delete(done);
        resolve(false);
      });
      this.#waiters.add(done);
    });
  }

  // One after the other: their order is kept, and a burst of events does not compete with the work itself.
  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (const [identity, pending] of this.#pending) {
      this.#pending.delete(identity);
      try {
        await this.#send(identity, pending);
      } catch (error) {
        this.#options.onDropped?.(pending.input, error as KubeError);
      }
    }
    this.#sending = false;
    for (const done of this.#waiters) done();
    this.#waiters.clear();
  }

  async #send(identity: string, pending: Pending): Promise<void> {
    const known = this.#series.get(identity);
    if (known && pending.lastAt - known.lastAt < seriesMs) {
      known.count += pending.times;
      known.lastAt = pending.lastAt;
      try {
        await this.#patch(pending.input, known);
        return;
      } catch (error) {
        // The API server forgets events after an hour or so, and people may delete them.
        if (!(error instanceof KubeError) || error.code !== 'NotFound') throw error;
      }
    }
    await this.#create(identity, pending);
  }

  async #patch({ regarding }: EventInput, series: Series): Promise<void> {
    await this.#persist(() =>
      this.#options.client.request({
        method: 'PATCH',
        path: `${collectionOf(regarding)}/${encodeURIComponent(series.name)}`,
        body: { series: seriesOf(series) },
        timeoutMs: sendTimeoutMs,
      }),
    );
  }

  async #create(identity: string, pending: Pending): Promise<void> {
    const { client, controller = 'squall.dev/controller', instance } = this.#options;
    const { input, firstAt, lastAt, times } = pending;
    const { regarding, type, reason, action, note } = input;
    const name = this.#nameOf(identity, pending);
    const series = { name, count: times, lastAt };
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace: namespaceOf(regarding) },
      eventTime: microTime(firstAt),
      reportingController: controller,
      reportingInstance: cut(instance, maxInstanceBytes),
      regarding,
      type,
      reason,
      action,
      note,
      ...(times > 1 ? { series: seriesOf(series) } : {}),
    };
    const path = collectionOf(regarding);
    try {
      await this.#persist(() =>
        client.request({ method: 'POST', path, body, timeoutMs: sendTimeoutMs }),
      );
    } catch (error) {
      // The name is ours alone: an earlier attempt, whose answer was lost, did create it.
      if (!(error instanceof KubeError) || error.code !== 'AlreadyExists') throw error;
    }
    this.#remember(identity, series);
  }

  /** Tries again after failures of which it is not known what they did: writing the same once more does no harm. */
  async #persist(write: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await write();
        return;
      } catch (error) {
        if (!(error instanceof KubeError) || !error.uncertain || attempt >= maxAttempts)
          throw error;
        const pause = new Deadline({ clock: this.#options.client.clock });
        await pause.sleep(backoffMs(attempt, backoff));
      }
    }
  }

  #remember(identity: string, series: Series): void {
    this.#series.delete(identity);
    this.#series.set(identity, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > maxSeries && oldest !== undefined) this.#series.delete(oldest);
  }

  /** "<name of what it is about>.<16 hex digits>": another one for each event, also of another instance. */
  #nameOf(identity: string, { input, firstAt }: Pending): string {
    const unique = [this.#options.instance, process.pid, firstAt, this.#named++, identity].join();
    const digits = createHash('sha256').update(unique).digest('hex').slice(0, 16);
    const room = maxNameLength - digits.length - 1;
    return `${input.regarding.name.slice(0, room).replace(/[^a-z0-9]+$/, '')}.${digits}`;
  }
}

function namespaceOf(regarding: ObjectReference): string {
  return regarding.namespace ?? 'default';
}

function collectionOf(regarding: ObjectReference): string {
  const namespace = encodeURIComponent(namespaceOf(regarding));
  return `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
}

function seriesOf({ count, lastAt }: Series): { count: number; lastObservedTime: string } {
  return { count, lastObservedTime: microTime(lastAt) };
}

/** metav1.MicroTime takes exactly six decimals. */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

/** At most `maxBytes` bytes of UTF-8; what was cut ends with an ellipsis, never in half a character. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const ellipsis = '…';
  const kept = bytes.subarray(0, maxBytes - Buffer.byteLength(ellipsis));
  return new TextDecoder().decode(kept, { stream: true }) + ellipsis;
}
