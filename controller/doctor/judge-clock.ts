import { ok, skipped, type Verdict, warning } from './finding.ts'

/** HTTP tells whole seconds, and the answer travels. */
const toleratedMs = 30_000

/** This machine's clock beside another's, if that tells its own. */
export function judgeClock(hereMs: number, thereMs: number | undefined, whose: string): Verdict {
  if (thereMs === undefined) return skipped(`${whose} does not tell the time`)
  const apart = hereMs - thereMs
  if (Math.abs(apart) <= toleratedMs) return ok(`The clock agrees with that of ${whose}`)
  const seconds = Math.round(Math.abs(apart) / 1000)
  return warning(
    `The clock is ${seconds} s ${apart > 0 ? 'ahead of' : 'behind'} that of ${whose}`,
    'Let something keep it: timedatectl set-ntp true',
  )
}
