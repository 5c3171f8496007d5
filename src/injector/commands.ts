/** What may be executed in a running agent's container, and nothing else. */
export const STOP_COMMAND = ['/squall/agent', 'stop'] as const;
export const UPDATE_COMMAND = ['/squall/agent', 'update'] as const;
export const STATUS_COMMAND = ['/squall/agent', 'status'] as const;
