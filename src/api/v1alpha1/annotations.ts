/** Annotation on an experiment: its presence ends the run as Aborted and keeps status. Its value is the reason, for people. */
export const STOP_ANNOTATION = 'squall.dev/stop';

/** Annotation on an experiment, reserved: a new value is to start the next attempt of a finished run. */
export const RERUN_ANNOTATION = 'squall.dev/rerun';

/** Label or annotation on a pod: with the value `true`, no experiment touches the pod. */
export const EXCLUDE_MARK = 'squall.dev/exclude';

/** Finalizer on an experiment: there from before the first pod is touched until every pod is settled. */
export const RECOVER_FINALIZER = 'squall.dev/recover';
