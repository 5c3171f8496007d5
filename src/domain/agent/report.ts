import type { Engine } from '../../api/v1alpha1/chaos-experiment.generated.ts';

/** Why an agent's life ended, in its own words; closed, and the same list as in images/injector/agent. */
export const agentReasons = [
  'Elapsed',
  'Stopped',
  'Terminated',
  'Deadline',
  'OwnResidue',
  'Expired',
  'InterfaceNotFound',
  'ForeignQdisc',
  'AlreadyFaulted',
  'NetemUnavailable',
  'NotPermitted',
  'InstallFailed',
  'Unverified',
  'RevertFailed',
  'Reaped',
  'BadInput',
  'PeersUnresolved',
  'ExceptionUnresolved',
] as const;
export type AgentReason = (typeof agentReasons)[number];

/** Packets of one direction, in segments, as the kernel counted them: before netem and after it. */
export interface PacketCounts {
  readonly seen: number;
  readonly passed: number;
}

/** Whether a TCP connection has succeeded. */
export interface Check {
  /** 0 where the name did not resolve. */
  readonly tries: number;
  /** Microseconds of the try that succeeded; without it, none did. */
  readonly us?: number;
}

/** A check before a fault, while it was there, and after it. */
export interface Checks {
  readonly before: Check;
  readonly during?: Check;
  readonly after?: Check;
}

/** The agent's last words: what it did and whether the pod is as it was before. */
export interface AgentReport {
  readonly reason: AgentReason;
  readonly message: string;
  /** Its own fault was installed and read back. */
  readonly applied: boolean;
  /** Nothing of its own is left; proven by reading back. */
  readonly clean: boolean;
  /** Milliseconds since the epoch by the node's clock; 0 when it never applied. */
  readonly appliedAtMs: number;
  readonly endedAtMs: number;
  /** What lost the packets where that was not netem. */
  readonly engine?: Engine;
  /** What the check of spec.verify has found. */
  readonly verify?: Checks;
  readonly egress?: PacketCounts;
  readonly ingress?: PacketCounts;
}

/** A line that the agent prints while it lives. */
export type AgentEvent =
  | { readonly event: 'start'; readonly epochMs: number }
  | {
      readonly event: 'applied';
      readonly epochMs: number;
      readonly holdMs: number;
      readonly engine?: Engine;
    }
  /** It has these peers in force. */
  | { readonly event: 'peers'; readonly generation: string }
  | { readonly event: 'report'; readonly report: AgentReport };

/** Whose words we take for ours: those of another run, attempt or handle prove nothing. */
export interface AgentIdentity {
  readonly uid: string;
  readonly attempt: number;
  readonly handle: string;
}

/** The event in a line of the agent's output; undefined for anything that is not a whole event of this very agent. */
export function parseAgentEvent(line: string, identity: AgentIdentity): AgentEvent | undefined {
  const fields = parseObject(line);
  if (
    fields === undefined ||
    fields['uid'] !== identity.uid ||
    fields['attempt'] !== identity.attempt ||
    fields['handle'] !== identity.handle
  ) {
    return undefined;
  }
  const { event, epochMs, holdMs, generation } = fields;
  switch (event) {
    case 'start':
      return isTime(epochMs) ? { event, epochMs } : undefined;
    case 'applied':
      return isTime(epochMs) && isCount(holdMs)
        ? { event, epochMs, holdMs, ...toEngine(fields) }
        : undefined;
    case 'peers':
      return typeof generation === 'string' ? { event, generation } : undefined;
    case 'report': {
      const report = toReport(fields);
      return report && { event, report };
    }
    default:
      return undefined;
  }
}

/** The report in a container's termination message; undefined for anything that is not one of this very agent. */
export function parseReport(message: string, identity: AgentIdentity): AgentReport | undefined {
  const event = parseAgentEvent(message.trim(), identity);
  return event?.event === 'report' ? event.report : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function toReport(fields: Fields): AgentReport | undefined {
  const { reason, message, applied, clean, appliedAtMs, endedAtMs } = fields;
  const known = agentReasons.find((one) => one === reason);
  if (
    known === undefined ||
    typeof message !== 'string' ||
    typeof applied !== 'boolean' ||
    typeof clean !== 'boolean' ||
    !isTime(appliedAtMs) ||
    !isTime(endedAtMs)
  ) {
    return undefined;
  }
  const verify = toChecks(fields['verify']);
  const egress = toCounts(fields['egress']);
  const ingress = toCounts(fields['ingress']);
  return {
    reason: known,
    message,
    applied,
    clean,
    appliedAtMs,
    endedAtMs,
    ...toEngine(fields),
    ...(verify && { verify }),
    ...(egress && { egress }),
    ...(ingress && { ingress }),
  };
}

function toChecks(value: unknown): Checks | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const fields = value as Fields;
  const before = toCheck(fields['before']);
  const during = toCheck(fields['during']);
  const after = toCheck(fields['after']);
  return before && { before, ...(during && { during }), ...(after && { after }) };
}

function toCheck(value: unknown): Check | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { tries, us } = value as Fields;
  if (!isCount(tries)) return undefined;
  return { tries, ...(isCount(us) && { us }) };
}

const toEngine = ({ engine }: Fields): { engine?: Engine } => (engine === 'bpf' ? { engine } : {});

function toCounts(value: unknown): PacketCounts | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { seen, passed } = value as Fields;
  return isCount(seen) && isCount(passed) ? { seen, passed } : undefined;
}

/** The start of 2100: sums with later times would come near the end of what a Date can hold. */
const LATEST_MS = 4_102_444_800_000;

/** Milliseconds since the epoch. A container may have other words than its agent's. */
function isTime(value: unknown): value is number {
  return isCount(value) && value < LATEST_MS;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
