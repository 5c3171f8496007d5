/** Annotation on an experiment: its presence ends the run as Aborted and keeps status. Its value is the reason, for people. */
export const STOP_ANNOTATION = 'squall.dev/stop';

/** Annotation on an experiment: a new value starts the next attempt once the run is over, planned anew. */
export const RERUN_ANNOTATION = 'squall.dev/rerun';

/** Annotation on an experiment, written before its first pod is touched: its uid. On another object, such as one restored from a backup, it forbids the start. */
export const RUN_ANNOTATION = 'squall.dev/run';

/** Label or annotation on a pod or a namespace: with the value `true`, no experiment touches the pod, or any pod there. */
export const EXCLUDE_MARK = 'squall.dev/exclude';

/** Finalizer on an experiment: there from before the first pod is touched until every pod is settled. */
export const RECOVER_FINALIZER = 'squall.dev/recover';
