import { Fault } from '../../lib/fault/index.ts'
import { stateName } from '../documents/index.ts'
import { knownHosts } from './known-hosts.ts'
import { hostKeys } from './members.ts'
import { startWork, type Work, type WorkRequest } from './work.ts'

/** Failures of work that takes for granted what APPLYING has made. */
const after: ReadonlySet<string> = new Set([
  'CONFIGURING_ONE_FAILURE',
  'CONFIGURING_PROVISION_FAILURE',
])

/**
 * Keys of servers that vanished since APPLYING made them; none, and not undefined, where other things at
 * Scaleway did: then a retry must begin with APPLYING. What cannot be found out now the work finds out
 * itself, which has more patience.
 */
export async function lostServers(request: WorkRequest): Promise<string[] | undefined> {
  const { body } = await request.ports.provisions.get(request.id)
  if (!after.has(stateName(body.state))) return undefined
  try {
    const work = await startWork(request)
    return await knownHosts(work, hostKeys(work)).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Fault) || error.code !== 'EDGE_SERVER_MISSING') throw error
        return missingOf(work)
      },
    )
  } catch {
    return undefined
  }
}

async function missingOf(work: Work): Promise<string[]> {
  const found = await work.hardware.findServers()
  return hostKeys(work).filter((host) => !found.some(({ key }) => key === host))
}
