/** Steps at which a test may let the controller die; each is a place between two writes to the cluster. */
export const failpoints = [
  'before-finalizer',
  'after-finalizer',
  'after-write-ahead',
  'before-inject',
  'after-inject',
  'after-proof',
  'before-stop',
  'after-stop',
  'before-reap',
  'after-reap',
  'before-final-status',
  'after-final-status',
  'after-finalizer-removal',
] as const;
export type Failpoint = (typeof failpoints)[number];

/** Defined by the bundler; false in a release, which then contains neither this nor its names. */
declare const __FAILPOINTS__: boolean | undefined;

/** Kills this process, as kill -9 would, if SQUALL_FAILPOINT names this step. Nothing of it is in a released bundle. */
export function failpoint(step: Failpoint): void {
  if (typeof __FAILPOINTS__ !== 'undefined' && !__FAILPOINTS__) return;
  if (process.env['SQUALL_FAILPOINT'] === step) process.kill(process.pid, 'SIGKILL');
}
