import { type Finding, type Found, finding, type Meeting, skipped } from '../../doctor/index.ts'
import type { DriverAnswer } from '../answers.ts'
import type { Client } from '../client.ts'
import { Failure } from '../failure.ts'
import { Silence } from '../silence.ts'

const meetWithinMs = 10_000
const examineWithinMs = 60_000

/** Whether a controller of ours answers. */
export async function meet(client: Client): Promise<Meeting> {
  try {
    const waiting = { timeoutMs: meetWithinMs }
    const path = '/drivers/scaleway'
    const driver = await client.call<Partial<DriverAnswer> | null>('GET', path, undefined, waiting)
    if (typeof driver !== 'object' || driver === null || Array.isArray(driver))
      return { kind: 'strange', why: `it describes no driver at ${path}` }
    if (driver.registry !== 'edgectl') return { kind: 'stock' }
    return { kind: 'met', version: driver.version ?? 'unknown' }
  } catch (error) {
    if (error instanceof Silence) return { kind: 'silent', why: error.reason }
    if (!(error instanceof Failure)) throw error
    const { status, code, message: why } = error
    if (status === 401) return { kind: 'refused' }
    // whatever is wrong with it, it is ours
    if (code !== undefined || status === 503) return { kind: 'unsure', why }
    return withoutDriver.test(why) ? { kind: 'stock' } : { kind: 'strange', why }
  }
}

/** Of a stock server that has not been given the driver for Scaleway. */
const withoutDriver = /^Error getting \S+ OneForm driver/

/** What the controller finds itself. */
export async function examineController(
  client: Client,
  meeting: Meeting,
): Promise<readonly Finding[]> {
  if (meeting.kind !== 'met') return [unasked('only the controller itself could say')]
  try {
    const waiting = { timeoutMs: examineWithinMs }
    const found = await client.call<{ checks?: Finding[] } | null>(
      'GET',
      '/doctor',
      undefined,
      waiting,
    )
    return Array.isArray(found?.checks) ? found.checks : [unasked('it tells no checks')]
  } catch (error) {
    const status = error instanceof Failure ? error.status : undefined
    if (status === 403) return [unasked('the controller tells its set-up to group oneadmin only')]
    return [unasked(error instanceof Error ? error.message : String(error))]
  }
}

function unasked(why: string): Finding {
  return finding('oned of the controller', skipped(`not looked at, and all that follows: ${why}`))
}

/** The user of a session, without the password. */
export function whoIs(session: string, from: string): Found {
  return { value: session.slice(0, Math.max(0, session.indexOf(':'))), from }
}
