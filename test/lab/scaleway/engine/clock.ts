/** Virtual time of the simulated cloud: delays are simulated seconds, `timeScale` makes them short. */
export interface SimClock {
  /** Virtual milliseconds since the simulator started. */
  now(): number
  /**
   * RFC 3339 with microseconds, strictly rising. Wall time plus what was advanced by hand, not virtual
   * time: programs under test compare it with their own wall clock.
   */
  stamp(): string
  /** Runs `job` after that many simulated seconds, spread by the clock's jitter. */
  after(seconds: number, name: string, job: () => void | Promise<void>): Job
  cancel(job: Job): void
  /** Waits simulated milliseconds, without jitter. */
  sleep(ms: number): Promise<void>
  /** Jumps ahead, running everything due on the way in order. */
  advance(ms: number): Promise<void>
  rescale(timeScale: number): void
  readonly timeScale: number
  pending(): { name: string; inMs: number }[]
  /** Forgets all jobs; sleepers wake at once. */
  clear(): void
}

export interface Job {
  readonly name: string
  readonly since: number
  readonly at: number
  readonly run: () => void | Promise<void>
}

export interface SimClockOptions {
  readonly timeScale: number
  /** 0.2 spreads every delay over ±20 %. */
  readonly jitter: number
  readonly random: () => number
  readonly failed: (job: string, error: unknown) => void
  /** Told of each job when its time has come. */
  readonly ran?: (job: Transition) => void
}

/** One change of state: when it began, and when the cloud was through with it. */
export interface Transition {
  readonly what: string
  readonly beganMs: number
  readonly endedMs: number
}

const longestTimerMs = 2 ** 31 - 1

export function createSimClock(options: SimClockOptions): SimClock {
  let scale = options.timeScale
  let base = { real: performance.now(), virtual: 0 }
  let advanced = 0
  let lastMicros = 0
  let jobs: Job[] = []
  let timer: NodeJS.Timeout | undefined

  const now = () => base.virtual + (performance.now() - base.real) / scale

  function insert(job: Job): Job {
    const index = jobs.findIndex(({ at }) => at > job.at)
    jobs.splice(index < 0 ? jobs.length : index, 0, job)
    arm()
    return job
  }

  function arm(): void {
    clearTimeout(timer)
    const [first] = jobs
    if (!first) return
    const wait = Math.max(0, Math.ceil((first.at - now()) * scale))
    timer = setTimeout(runDue, Math.min(wait, longestTimerMs))
  }

  function runDue(): void {
    while (jobs[0] && jobs[0].at <= now()) runFirst()
    arm()
  }

  function runFirst(): void {
    const job = jobs.shift()
    if (!job) return
    options.ran?.({ what: job.name, beganMs: job.since, endedMs: job.at })
    const run = async () => await job.run()
    run().catch((error: unknown) => options.failed(job.name, error))
  }

  function jumpTo(virtual: number): void {
    const ahead = virtual - now()
    if (ahead <= 0) return
    advanced += ahead
    base = { real: performance.now(), virtual }
  }

  return {
    now,
    get timeScale() {
      return scale
    },
    stamp() {
      const micros = Math.floor((Date.now() + advanced) * 1000)
      lastMicros = Math.max(micros, lastMicros + 1)
      const fraction = String(lastMicros % 1_000_000).padStart(6, '0')
      return `${new Date(lastMicros / 1000).toISOString().slice(0, 19)}.${fraction}Z`
    },
    after(seconds, name, run) {
      const spread = 1 + (options.random() * 2 - 1) * options.jitter
      const since = now()
      return insert({ name, since, at: since + seconds * 1000 * spread, run })
    },
    cancel(job) {
      jobs = jobs.filter((other) => other !== job)
      arm()
    },
    sleep: (ms) =>
      ms <= 0
        ? Promise.resolve()
        : new Promise((resolve) =>
            insert({ name: 'sleep', since: now(), at: now() + ms, run: resolve }),
          ),
    async advance(ms) {
      const target = now() + ms
      for (let first = jobs[0]; first && first.at <= target; first = jobs[0]) {
        jumpTo(first.at)
        runFirst()
        // What a job awaits (the world, a reply) may schedule the next one inside the jump.
        await new Promise(setImmediate)
      }
      jumpTo(target)
      arm()
    },
    rescale(timeScale) {
      base = { real: performance.now(), virtual: now() }
      scale = timeScale
      arm()
    },
    pending: () =>
      jobs
        .filter(({ name }) => name !== 'sleep')
        .map(({ name, at }) => ({ name, inMs: Math.round(at - now()) })),
    clear() {
      const sleepers = jobs.filter(({ name }) => name === 'sleep')
      jobs = []
      clearTimeout(timer)
      for (const { run } of sleepers) void run()
    },
  }
}
