import { Fault } from '../../lib/fault/index.ts'
import { stateName } from '../documents/index.ts'
import { knownHosts } from './known-hosts.ts'
import { hostKeys } from './members.ts'
import { startWork, type WorkRequest } from './work.ts'

/** Failures of work that takes for granted what APPLYING has made. */
const after: ReadonlySet<string> = new Set([
  'CONFIGURING_ONE_FAILURE',
  'CONFIGURING_PROVISION_FAILURE',
])

/**
 * Whether what was made at Scaleway has vanished since, so that a retry must begin with APPLYING. What cannot
 * be found out now the work finds out itself, which has more patience.
 */
export async function hasLostServers(request: WorkRequest): Promise<boolean> {
  const { body } = await request.ports.provisions.get(request.id)
  if (!after.has(stateName(body.state))) return false
  try {
    const work = await startWork(request)
    await knownHosts(work, hostKeys(work))
    return false
  } catch (error) {
    return error instanceof Fault && error.code === 'EDGE_SERVER_MISSING'
  }
}
