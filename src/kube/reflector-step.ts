import { KubeError, type KubeErrorCode } from './errors.ts';

/**
 * Where a reflector stands. `failures` counts those since the watch last made progress; a complete list does not
 * end the count, so that list, failing watch, list, ... slows down too.
 */
export type ReflectorState =
  | { readonly name: 'Idle' }
  /** Pages of a list are being read. Left when the last one is there, or one failed. */
  | { readonly name: 'Listing'; readonly failures: number }
  /** A watch from `version` is being opened or is open. `progressed`: it has delivered something. */
  | {
      readonly name: 'Watching';
      readonly version: string;
      readonly failures: number;
      readonly progressed: boolean;
    }
  /** A back-off is under way; then a watch from `version`, or a list when there is none. */
  | { readonly name: 'Waiting'; readonly version: string | undefined; readonly failures: number };

export type ReflectorEvent<T> =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  /** A page was read; without a token it was the last one, and the list is of `version`. */
  | {
      readonly kind: 'page';
      readonly items: readonly T[];
      readonly version: string;
      readonly token: string | undefined;
    }
  | { readonly kind: 'listFailed'; readonly error: KubeError }
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'changed';
      readonly type: 'applied' | 'deleted';
      readonly object: T;
      readonly version: string;
    }
  | { readonly kind: 'bookmark'; readonly version: string }
  /** The watch is over: closed in order, or with an error, after it had been open for `openMs` (0: never). */
  | { readonly kind: 'ended'; readonly openMs: number; readonly error?: KubeError }
  | { readonly kind: 'waited' };

export type ReflectorEffect<T> =
  /** Read a page; without a token the first, forgetting what was collected. */
  | { readonly kind: 'list'; readonly token: string | undefined }
  | { readonly kind: 'collect'; readonly items: readonly T[] }
  /** Make what was collected the content of the store. */
  | { readonly kind: 'replace'; readonly version: string }
  | { readonly kind: 'watch'; readonly version: string }
  | { readonly kind: 'store'; readonly type: 'applied' | 'deleted'; readonly object: T }
  | { readonly kind: 'seen'; readonly version: string }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale'; readonly error: KubeError }
  | {
      readonly kind: 'wait';
      readonly failures: number;
      readonly retryAfterMs: number | undefined;
    }
  /** End whatever is under way. */
  | { readonly kind: 'cancel' };

export interface Step<T> {
  readonly state: ReflectorState;
  readonly effects: readonly ReflectorEffect<T>[];
}

/** A watch that was open for so long was a good one, although nothing happened in it. */
export const goodWatchMs = 10_000;

/** After so many failures in a row the version may be what the server cannot serve. */
export const failuresUntilList = 5;

/** Errors that no watch from the same version can get over. */
const needsList: ReadonlySet<KubeErrorCode> = new Set([
  'Gone',
  'NotFound',
  'BadRequest',
  'Invalid',
]);

/** What comes next. Pure. An event that does not belong to the state changes nothing and has no effect. */
export function step<T>(state: ReflectorState, event: ReflectorEvent<T>): Step<T> {
  if (event.kind === 'stop' && state.name !== 'Idle') {
    return { state: { name: 'Idle' }, effects: [{ kind: 'cancel' }] };
  }
  switch (state.name) {
    case 'Idle':
      if (event.kind === 'start') return list(0);
      break;
    case 'Listing':
      if (event.kind === 'page') return page(state, event);
      if (event.kind === 'listFailed') return failed(state.failures, undefined, event.error);
      break;
    case 'Watching':
      return watching(state, event);
    case 'Waiting':
      if (event.kind === 'waited') {
        if (state.version === undefined) return list(state.failures);
        return watch(state.version, state.failures);
      }
      break;
  }
  return { state, effects: [] };
}

function page<T>(
  state: Extract<ReflectorState, { name: 'Listing' }>,
  event: Extract<ReflectorEvent<T>, { kind: 'page' }>,
): Step<T> {
  const collect = { kind: 'collect', items: event.items } as const;
  if (event.token !== undefined) {
    return { state, effects: [collect, { kind: 'list', token: event.token }] };
  }
  const next = watch<T>(event.version, state.failures);
  const replace = { kind: 'replace', version: event.version } as const;
  return { state: next.state, effects: [collect, replace, ...next.effects] };
}

function watching<T>(
  state: Extract<ReflectorState, { name: 'Watching' }>,
  event: ReflectorEvent<T>,
): Step<T> {
  switch (event.kind) {
    case 'opened':
      return { state, effects: [{ kind: 'fresh' }] };
    case 'changed': {
      const { type, object, version } = event;
      return { state: progress(version), effects: [{ kind: 'store', type, object }] };
    }
    case 'bookmark':
      return {
        state: progress(event.version),
        effects: [{ kind: 'seen', version: event.version }],
      };
    case 'ended': {
      const good = state.progressed || event.openMs >= goodWatchMs;
      if (good && !event.error) return watch(state.version, 0);
      const error = event.error ?? new KubeError('Unreachable', 'the watch closed at once');
      return failed(good ? 0 : state.failures, state.version, error);
    }
    case 'start':
    case 'stop':
    case 'page':
    case 'listFailed':
    case 'waited':
      return { state, effects: [] };
  }
}

function progress(version: string): ReflectorState {
  return { name: 'Watching', version, failures: 0, progressed: true };
}

function list<T>(failures: number): Step<T> {
  return { state: { name: 'Listing', failures }, effects: [{ kind: 'list', token: undefined }] };
}

function watch<T>(version: string, failures: number): Step<T> {
  return {
    state: { name: 'Watching', version, failures, progressed: false },
    effects: [{ kind: 'watch', version }],
  };
}

function failed<T>(before: number, version: string | undefined, error: KubeError): Step<T> {
  const failures = before + 1;
  const stale = { kind: 'stale', error } as const;
  // Falling out of the server's window is ordinary after a pause: list at once, but not in a loop.
  if (error.code === 'Gone' && failures === 1) {
    const next = list<T>(failures);
    return { state: next.state, effects: [stale, ...next.effects] };
  }
  const relist = needsList.has(error.code) || failures >= failuresUntilList;
  return {
    state: { name: 'Waiting', version: relist ? undefined : version, failures },
    effects: [stale, { kind: 'wait', failures, retryAfterMs: error.retryAfterMs }],
  };
}
