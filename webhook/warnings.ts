import { clip } from './clip.ts';

/** Kubernetes cuts warnings of 256 characters and more when there are many; bytes here, which is the stricter count. */
const maxWarningBytes = 255;
/** Kubernetes drops what goes beyond 4,096 characters in total. */
const maxTotalBytes = 4096;
/** Reserved for the line that tells how many more there are. */
const moreBytes = 64;

/**
 * Warnings as Kubernetes passes them on to kubectl: one line each, without control characters (it drops a warning that
 * has any), shorter than 256 characters, no two the same, and together at most 4,096 bytes. Those that do not fit are
 * counted in a last one.
 */
export function fitWarnings(warnings: readonly string[]): string[] {
  const lines = new Set(warnings.map((text) => clip(oneLine(text), maxWarningBytes)));
  lines.delete('');
  const fitting: string[] = [];
  let total = 0;
  for (const line of lines) {
    total += Buffer.byteLength(line);
    if (total > maxTotalBytes - moreBytes) {
      return [...fitting, more(lines.size - fitting.length)];
    }
    fitting.push(line);
  }
  return fitting;
}

function more(left: number): string {
  return `… and ${left} more ${left === 1 ? 'warning' : 'warnings'}`;
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
