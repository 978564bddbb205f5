import { type Clock, poll, retry } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'

const leaderEveryMs = 5_000
const foreverMs = Number.MAX_SAFE_INTEGER

/** A follower waits: only the leader's controller may act. So does one whose oned is not up yet. */
export async function waitForLeadership(
  one: Pick<OpenNebula, 'isLeader'>,
  clock: Clock,
  logger: Logger,
): Promise<void> {
  let told = false
  const leads = () =>
    retry(clock, { firstMs: 1_000, capMs: leaderEveryMs, withinMs: foreverMs }, async () => {
      try {
        return await one.isLeader()
      } catch (error) {
        if (!told) logger.warn('oned does not answer yet', { why: sentenceOf(error) })
        told = true
        throw error
      }
    })
  const wait = { what: 'oned to lead', everyMs: leaderEveryMs, withinMs: foreverMs }
  await poll(clock, wait, async () => ((await leads()) ? true : undefined))
}
