import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { fingerprint } from '../fingerprint.ts';
import { nodeLines } from '../peers/node.ts';
import { resolvePeers } from '../peers/resolve.ts';
import type { Pod } from '../targets/pod.ts';
import type { Observed } from './observed.ts';
import { attempt, type PodCase, type PodStep } from './pod-case.ts';
import type { StartedStatus } from './run.ts';

/** What the agents of a run are to be told of its peers. */
export type PeerOrders =
  /** What they have been told stays, for this reason. */
  | { readonly kind: 'keep'; readonly why: string }
  | {
      readonly kind: 'follow';
      readonly lines: readonly string[];
      /** Identifies the lines. */
      readonly generation: string;
      /** What the latest containers were made with. */
      readonly first: string;
      /** Services (namespace/name) of which only some endpoints are hit. */
      readonly partial: readonly string[];
      /** Which peer is nobody now; undefined when all were found. */
      readonly missing?: string;
      /** Which exception cannot be found now, so that what was known of it at the start goes on; undefined when all were. */
      readonly lost?: string;
    };

/** Least time between two changes in one pod: what changes in between goes together. */
const CHANGE_INTERVAL_MS = 1_000;

/** Failures in a row after which a pod's peers count as stale. */
const STALE_TRIES = 3;

/** Where the peers of a run are now; undefined when it has none. */
export function peerOrders(
  { experiment: { metadata, spec }, peers }: Observed,
  { run }: StartedStatus,
): PeerOrders | undefined {
  if (run.peers === undefined) return undefined;
  if (peers.kind === 'unreadable') return { kind: 'keep', why: peers.message };
  const found = resolvePeers({
    namespace: metadata.namespace,
    peers: spec.peers,
    exceptPeers: spec.exceptPeers,
    world: peers.value,
  });
  if (found.tooMany !== undefined) {
    return { kind: 'keep', why: `${found.tooMany.field} ${found.tooMany.message}` };
  }
  const isException = ({ field }: { field: string }) => field.startsWith('spec.exceptPeers');
  const lost = found.unresolved.find(isException);
  const missing = found.unresolved.find((one) => !isException(one));
  // Addresses of an exception that is gone would be hit, and may be back in a moment.
  const kept = lost === undefined ? [] : run.peers.filter((line) => line.startsWith('pass '));
  const lines = [...new Set([...found.lines, ...kept])];
  return {
    kind: 'follow',
    lines,
    generation: generationOf(lines),
    first: generationOf(run.peers),
    partial: found.partial,
    ...(missing && { missing: `${missing.field}: ${missing.message}` }),
    ...(lost && { lost: `${lost.field}: ${lost.message}` }),
  };
}

const generationOf = (lines: readonly string[]) => fingerprint(lines.join('\n')).slice(0, 16);

/** Tells a running agent where its peers are now, unless it knows. */
export function tellPeers(pod: PodCase, target: Pod): Omit<PodStep, 'entry'> {
  const { peers, activity, wroteAhead, latest, now } = pod;
  if (peers?.kind !== 'follow') return { effects: [] };
  const { update } = activity;
  const { generation, first } = peers;
  const lines = [...peers.lines, ...nodeLines(pod.exceptsNode, target)];
  const effect = { kind: 'update', pod: target, generation, lines } as const;
  switch (update.kind) {
    case 'idle':
      // Another process may have told it something else since the start.
      return wroteAhead && latest && generation === first ? { effects: [] } : { effects: [effect] };
    case 'done': {
      if (update.result.generation === generation) return { effects: [] };
      const from = update.at + CHANGE_INTERVAL_MS;
      return now >= from ? { effects: [effect] } : { effects: [], wakeAt: from };
    }
    case 'busy':
    case 'failed':
      return attempt(update, effect, now);
  }
}

/** Whether the pod's agent could not be told where its peers are. */
export function isStale(entry: PodStatusEntry, { update }: PodCase['activity']): boolean {
  if (entry.state !== 'Injected' || update.kind !== 'failed') return false;
  return update.denied || update.tries >= STALE_TRIES;
}
