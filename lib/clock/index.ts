export { backoff } from './backoff.ts'
export { type Clock, createClock, type Timing } from './clock.ts'
export { type PollOptions, poll } from './poll.ts'
export { isTransient, type RetryPolicy, retry } from './retry.ts'
