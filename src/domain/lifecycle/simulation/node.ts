import type { AgentReason, AgentReport } from '../../agent/report.ts';
import type { ContainerState, Pod } from '../../targets/pod.ts';
import { reportText } from '../agent.builder.ts';
import type { PodScript } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** What a container of ours is told by its environment. */
export interface ContainerPlan {
  readonly name: string;
  readonly mode: 'run' | 'reap';
  readonly uid: string;
  readonly attempt: number;
  readonly handle: string;
  readonly startBefore: number;
  readonly deadline: number;
  readonly durationMs: number;
}

export interface LogLine {
  readonly event: 'start' | 'applied' | 'report';
  readonly epochMs: number;
}

/** What really happened in a pod, whatever anybody was told. */
export interface Truth {
  appliedAt?: number;
  endedAt?: number;
  /** When nothing in the pod would end its fault any more: the agent was killed, or frozen. */
  lostAt?: number;
  /** When a healthy agent would have ended its fault. */
  dueAt?: number;
}

/** One pod with its kubelet, its network and the processes in it. */
export class Node {
  pod: Pod;
  alive = true;
  fault = false;
  readonly truth: Truth = {};
  readonly log: LogLine[] = [];
  /** The agent's last words. */
  report: AgentReport | undefined;
  /** Called when the agent says something. */
  readonly listeners = new Set<() => void>();
  readonly #timeline: Timeline;
  readonly #script: PodScript;
  readonly #publish: (node: Node) => void;
  readonly #createdAt: number;
  #reported: ContainerState['kind'] | undefined;
  #lastReportAt = 0;
  #agentRuns = false;
  #frozen = false;
  #stopFlag = false;
  #ending = false;

  constructor(timeline: Timeline, pod: Pod, script: PodScript, publish: (node: Node) => void) {
    this.#timeline = timeline;
    this.pod = pod;
    this.#script = script;
    this.#publish = publish;
    this.#createdAt = timeline.now;
  }

  /** The API server has a new container for this pod. */
  add(plan: ContainerPlan): void {
    const start = () => {
      if (!this.alive || this.pod.terminating) return;
      const imageAt = this.#createdAt + this.#script.imageFromMs;
      if (this.#timeline.now < imageAt) {
        this.#report(plan.name, {
          kind: 'waiting',
          reason: 'ErrImagePull',
          message: 'no such image',
        });
        this.#timeline.at(Math.max(imageAt, this.#timeline.now + 500), start);
      } else if (this.#script.unstartable) {
        this.#report(plan.name, this.#ended('StartError', 128, 'cannot start'));
      } else if (plan.mode === 'run') this.#runAgent(plan);
      else this.#runReaper(plan);
    };
    const delay =
      plan.mode === 'run' ? this.#script.startDelayMs : this.#timeline.between(300, 2e3);
    this.#timeline.after(Math.floor(delay / 2), () => {
      const creating = { kind: 'waiting', reason: 'ContainerCreating', message: '' } as const;
      if (this.alive) this.#report(plan.name, creating);
    });
    this.#timeline.after(delay, start);
  }

  /** The agent's own stop command; false when nothing runs that could be told. */
  stop(): boolean {
    if (!this.alive || !this.#agentRuns) return false;
    this.#stopFlag = true;
    this.#wake();
    return true;
  }

  /** The pod ends, and everything in it. */
  remove(graceful: boolean, gone: () => void): void {
    if (!graceful) {
      this.#vanish();
      gone();
      return;
    }
    this.pod = { ...this.pod, terminating: true };
    this.#publish(this);
    this.#stopFlag = true;
    this.#wake();
    this.#timeline.after(2_000, () => {
      this.#vanish();
      gone();
    });
  }

  /** Whether the API server can reach the kubelet, for logs and exec. */
  get reachable(): boolean {
    return !this.#silent;
  }

  get #silent(): boolean {
    switch (this.#script.silent) {
      case 'never':
        return false;
      case 'always':
        return true;
      case 'onceCreating':
        return this.#reported !== undefined;
      case 'onceRunning':
        return this.#reported === 'running';
    }
  }

  #vanish(): void {
    this.alive = false;
    this.#removeFault();
    for (const listen of this.listeners) listen();
  }

  get #clock(): number {
    return this.#timeline.now + this.#script.skewMs;
  }

  #runAgent(plan: ContainerPlan): void {
    const { diesAfterMs, freezesAfterMs, installMs, foreignQdisc } = this.#script;
    this.#agentRuns = true;
    this.#report(plan.name, { kind: 'running', startedAt: this.#second() });
    this.#say('start');
    if (diesAfterMs !== undefined) {
      this.#timeline.after(diesAfterMs, () => {
        if (!this.#agentRuns || !this.alive) return;
        this.#agentRuns = false;
        this.truth.lostAt ??= this.#timeline.now;
        this.#report(plan.name, this.#ended('Error', 137, ''));
      });
    }
    if (freezesAfterMs !== undefined)
      this.#timeline.after(freezesAfterMs, () => {
        if (!this.#agentRuns) return;
        this.#frozen = true;
        this.truth.lostAt ??= this.#timeline.now;
      });
    if (this.fault) {
      this.#removeFault();
      this.#finish(plan, 'OwnResidue', false);
    } else if (this.#clock > plan.startBefore) this.#finish(plan, 'Expired', false);
    else if (foreignQdisc) this.#finish(plan, 'ForeignQdisc', false);
    else this.#timeline.after(installMs, () => this.#install(plan));
  }

  #install(plan: ContainerPlan): void {
    if (!this.#works) return;
    if (this.#stopFlag) return this.#finish(plan, 'Stopped', false);
    this.fault = true;
    this.truth.appliedAt ??= this.#timeline.now;
    const appliedAt = this.#clock;
    this.#timeline.after(this.#timeline.between(5, 50), () => {
      if (!this.#works) return;
      if (this.#stopFlag) return this.#undo(plan, 'Stopped', undefined);
      if (!this.fault) return this.#undo(plan, 'Unverified', undefined);
      this.#say('applied', appliedAt);
      const hold = Math.max(0, Math.min(plan.durationMs, plan.deadline - appliedAt));
      const reason = hold < plan.durationMs ? 'Deadline' : 'Elapsed';
      this.truth.dueAt = this.#timeline.now + hold;
      this.#wake = () => this.#undo(plan, this.#stopFlag ? 'Stopped' : reason, appliedAt);
      this.#timeline.after(hold, () => this.#wake());
    });
  }

  /** What a signal or the end of the hold does to the agent as it is now. */
  #wake: () => void = () => {};

  #undo(plan: ContainerPlan, reason: AgentReason, appliedAt: number | undefined): void {
    if (!this.#works || this.#ending) return;
    this.#ending = true;
    this.#timeline.after(this.#timeline.between(5, 100), () => {
      if (!this.#works) return;
      if (this.#script.revertFails && this.fault)
        return this.#finish(plan, 'RevertFailed', true, appliedAt);
      this.#removeFault();
      this.#finish(plan, reason, false, appliedAt);
    });
  }

  get #works(): boolean {
    return this.alive && this.#agentRuns && !this.#frozen;
  }

  #finish(plan: ContainerPlan, reason: AgentReason, dirty: boolean, appliedAt?: number): void {
    this.#agentRuns = false;
    this.report = {
      applied: appliedAt !== undefined,
      clean: !dirty,
      reason,
      message: '',
      appliedAtMs: appliedAt ?? 0,
      endedAtMs: this.#clock,
    };
    const { uid, attempt, handle } = plan;
    const text = reportText({ uid, attempt, handle, ...this.report });
    this.#say('report');
    this.#report(plan.name, this.#ended(dirty ? 'Error' : 'Completed', dirty ? 1 : 0, text));
  }

  #runReaper(plan: ContainerPlan): void {
    this.#report(plan.name, { kind: 'running', startedAt: this.#second() });
    this.#timeline.after(this.#timeline.between(20, 400), () => {
      if (!this.alive) return;
      const fails = Number(plan.name.at(-1)) <= this.#script.failingReapers;
      if (!fails) this.#removeFault();
      const text = reportText({
        mode: 'reap',
        uid: plan.uid,
        attempt: plan.attempt,
        handle: plan.handle,
        applied: false,
        clean: !fails,
        reason: fails ? 'RevertFailed' : 'Reaped',
        appliedAtMs: 0,
        endedAtMs: this.#clock,
      });
      this.#report(plan.name, this.#ended('Completed', fails ? 1 : 0, text));
    });
  }

  #removeFault(): void {
    if (this.fault) this.truth.endedAt = this.#timeline.now;
    this.fault = false;
  }

  #say(event: LogLine['event'], epochMs = this.#clock): void {
    this.log.push({ event, epochMs });
    for (const listen of this.listeners) listen();
  }

  /** Reports arrive late, and in order. */
  #report(name: string, state: ContainerState): void {
    if (this.#silent) return;
    if (this.#reported !== 'running') this.#reported = state.kind;
    this.#lastReportAt = Math.max(
      this.#lastReportAt,
      this.#timeline.now + this.#timeline.between(0, 1_500),
    );
    this.#timeline.at(this.#lastReportAt, () => {
      if (!this.alive) return;
      const ephemeralContainers = this.pod.ephemeralContainers.map((container) =>
        container.name === name ? { ...container, state } : container,
      );
      this.pod = { ...this.pod, ephemeralContainers };
      this.#publish(this);
    });
  }

  #ended(reason: string, exitCode: number, message: string): ContainerState {
    return { kind: 'terminated', exitCode, reason, message, finishedAt: this.#second() };
  }

  #second(): string {
    return new Date(this.#clock).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}
