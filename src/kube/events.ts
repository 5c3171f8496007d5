import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { KubeError } from './errors.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventInput {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, at most 128 bytes. */
  readonly reason: string;
  /** CamelCase, at most 128 bytes: what was done. */
  readonly action: string;
  /** Cut to 1,024 bytes. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** Default squall.dev/controller. */
  readonly controller?: string;
  /** The pod's or host's name. */
  readonly instance: string;
  readonly clock?: Clock;
  /** An event was given up: refused, or the queue was full. */
  readonly onDropped?: (event: EventInput, error: KubeError | undefined) => void;
}

export declare class EventRecorder {
  constructor(options: EventRecorderOptions);
  /** Fire and forget. The same event again within 6 minutes becomes a series. */
  record(event: EventInput): void;
  /** Resolves when all recorded ones are sent or given up, at the latest after `timeoutMs`; true if none is left. */
  flush(timeoutMs: number): Promise<boolean>;
}
