import t from 'tap'
import { backoff, type Clock, createClock, poll, retry } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

/** A clock whose time passes only by sleeping. */
function stoppedClock(): Clock & { pauses: number[] } {
  let time = 0
  const pauses: number[] = []
  const pause = async (ms: number) => {
    pauses.push(ms)
    time += ms
  }
  return {
    pauses,
    now: () => time,
    elapsed: () => time,
    patience: (ms) => ms,
    sleep: pause,
    rest: pause,
  }
}

t.test('looks at the same thing go by a measure of their own where one is given', async (t) => {
  const real = async (work: Promise<void>) => {
    const begun = performance.now()
    await work
    return performance.now() - begun
  }
  const hasty = createClock({ scale: 0, watch: 1 })
  t.ok((await real(hasty.rest(50))) >= 45)
  t.ok((await real(hasty.sleep(1_000_000))) < 1_000)
  t.ok((await real(createClock({ scale: 0 }).rest(1_000_000))) < 1_000)
  await t.rejects(hasty.rest(1_000, AbortSignal.abort(new Error('over'))), { name: 'AbortError' })
})

t.test('pauses double up to the cap and are spread by a quarter either way', async (t) => {
  const least = backoff(1000, 30_000, () => 0)
  const most = backoff(1000, 30_000, () => 1)
  t.same(
    Array.from({ length: 7 }, () => least.next().value),
    [750, 1500, 3000, 6000, 12_000, 22_500, 22_500],
  )
  t.equal(most.next().value, 1250)
})

t.test('a transient failure is tried again, any other is thrown at once', async (t) => {
  const clock = stoppedClock()
  let attempts = 0
  const answer = await retry(clock, { firstMs: 10, capMs: 100, withinMs: 10_000 }, async () => {
    attempts += 1
    if (attempts < 3) throw new Fault('X', 'transient', 'later')
    return 'done'
  })
  t.equal(answer, 'done')
  t.equal(attempts, 3)
  await t.rejects(
    retry(clock, { firstMs: 10, capMs: 100, withinMs: 10_000 }, async () => {
      attempts += 1
      throw new Fault('X', 'denied', 'no')
    }),
    { message: 'no' },
  )
  t.equal(attempts, 4)
})

t.test('the other side’s own word on when to come back is followed', async (t) => {
  const clock = stoppedClock()
  let attempts = 0
  await retry(clock, { firstMs: 10, capMs: 100, withinMs: 60_000 }, async () => {
    attempts += 1
    if (attempts === 1) throw new Fault('X', 'transient', 'later', { retryAfterMs: 7000 })
  })
  t.same(clock.pauses, [7000])
})

t.test(
  'when patience ends the last failure is thrown, not a timeout without a reason',
  async (t) => {
    const clock = stoppedClock()
    await t.rejects(
      retry(clock, { firstMs: 1000, capMs: 1000, withinMs: 5000 }, async () => {
        throw new Fault('EDGE_BUSY', 'transient', 'still busy')
      }),
      { code: 'EDGE_BUSY' },
    )
    t.ok(clock.now() >= 5000)
  },
)

t.test('a poll looks at once, then until it sees something', async (t) => {
  const clock = stoppedClock()
  t.equal(await poll(clock, { what: 'x', everyMs: 1000, withinMs: 1 }, () => 'here'), 'here')
  t.same(clock.pauses, [])
  let looks = 0
  await poll(clock, { what: 'x', everyMs: 1000, withinMs: 60_000 }, () =>
    ++looks === 4 ? true : undefined,
  )
  t.equal(clock.pauses.length, 3)
})

t.test('a poll in vain says what it waited for and how long', async (t) => {
  await t.rejects(
    poll(
      stoppedClock(),
      { what: 'server host-0 to be installed', everyMs: 1000, withinMs: 90_000 },
      () => undefined,
    ),
    {
      code: 'EDGE_WAITED_TOO_LONG',
      message: 'Waited 1.5 min for server host-0 to be installed, in vain',
    },
  )
})
