import { fingerprint } from '../fingerprint.ts';

/**
 * The names that one attempt of one run uses in the kernel. Each attempt draws its own, so that the
 * late end of one can never remove the fault of another.
 */
export interface Handle {
  /** Two lower-case hex digits, drawn from the run's uid and attempt. */
  readonly id: string;
}

/**
 * The handle of an attempt: drawn from its uid, then the next one up that no run in `taken` uses. Two runs with one
 * handle in one pod would each take the other's fault for its own. With all 256 taken the draw itself is returned.
 */
export function drawHandle(uid: string, attempt: number, taken: ReadonlySet<string>): Handle {
  const drawn = Number.parseInt(fingerprint(`${uid}/${attempt}`).slice(0, 2), 16);
  const ids = Array.from({ length: 256 }, (_, step) =>
    ((drawn + step) % 256).toString(16).padStart(2, '0'),
  );
  return { id: ids.find((id) => !taken.has(id)) ?? ids[0] ?? '00' };
}

/** Major of the root qdisc, as tc writes it. Reserved: 7a00 to 7aff. */
export function rootMajor(handle: Handle): string {
  return `7a${handle.id}:`;
}

/** Major of the gate: the qdisc below the root that counts the packets and leads them to a netem. Reserved: 7c00 to 7cff. */
export function gateMajor(handle: Handle): string {
  return `7c${handle.id}:`;
}

/**
 * Major of a netem qdisc below the gate: that of the spec, 7bXX, or that of the n-th step of its profile, (60 + n)XX.
 * Reserved: 7b00 to 7bff, 6100 to 6eff.
 *
 * @param step 0 for the spec itself, 1 to 14 for a step
 */
export function leafMajor(handle: Handle, step: number): string {
  return `${step === 0 ? '7b' : (0x60 + step).toString(16)}${handle.id}:`;
}

/** The ifb device that ingress traffic is redirected to; under IFNAMSIZ - 1 = 15 characters. */
export function ifbName(handle: Handle): string {
  return `squall-${handle.id}`;
}

/** Priorities of the ingress filters, by which a run recognises its own on a clsact. One priority holds one protocol. */
export function ingressPriorities(handle: Handle): { ip: number; ipv6: number } {
  return { ip: Number.parseInt(`7a${handle.id}`, 16), ipv6: Number.parseInt(`7b${handle.id}`, 16) };
}
