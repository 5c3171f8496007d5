import type { ChaosExperimentStatus, Run } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { containerName } from '../container.ts';
import { drawHandle } from '../network/handle.ts';
import { asked, impairments } from '../network/impairment.ts';
import { netemArguments } from '../network/netem.ts';
import { onlyVersionHit } from '../peers/rule.ts';
import type { Observed } from './observed.ts';
import { entryOf, opening } from './opening.ts';
import { isSettled } from './pod-case.ts';
import type { Proposed } from './propose.ts';
import { summarise } from './summary.ts';

/** The times that a spec gives, in milliseconds. */
export interface StartTimes {
  readonly durationMs: number;
  readonly injectionTimeoutMs: number;
  readonly startingDeadlineMs: number;
}

/** The write-ahead: from here on the run is decided, times included, and is never planned again. */
export function commit(
  observed: Observed,
  now: number,
  { planned, peers }: Proposed,
  times: StartTimes,
): ChaosExperimentStatus {
  const { experiment, others, settings } = observed;
  const { spec, metadata } = experiment;
  const attempt = (experiment.status?.attempt ?? 0) + 1;
  const startBefore = now + times.injectionTimeoutMs;
  const taken = new Set(
    others
      .filter(({ status }) => status?.pods?.some((entry) => !isSettled(entry)))
      .flatMap(({ status }) => status?.run?.handle ?? []),
  );
  const run: Run = {
    container: containerName(metadata.uid, attempt),
    image: settings.injectorImage,
    handle: drawHandle(metadata.uid, attempt, taken).id,
    startBefore: new Date(startBefore).toISOString(),
    deadline: new Date(startBefore + times.durationMs).toISOString(),
    durationMs: times.durationMs,
    netem: impairments(spec).map((impairment) => netemArguments(impairment).join(' ')),
    ...(peers && { peers: [...peers.lines] }),
    direction: spec.direction,
  };
  const pods = planned.selected.map(entryOf);
  const [first] = pods;
  // The others of a serial run have no turn yet.
  if (first !== undefined && spec.targets.sequence === 'serial') pods[0] = { ...first, batch: 0 };
  const version = onlyVersionHit(run.peers ?? []);
  const spared =
    version === undefined
      ? ''
      : `; the peers have addresses of IPv${version} only: nothing else is hit`;
  const message = `planned: ${pods.length} of ${planned.plan.matched} matched pods${spared}`;
  return {
    ...opening(observed, now, { status: 'True', reason: 'Planned', message }),
    phase: 'Injecting',
    attempt,
    startTime: new Date(now).toISOString(),
    plan: planned.plan,
    run,
    pods,
    summary: summarise(pods, asked(spec)),
  };
}
