import { type AdoptedCloudObject, withHistory } from '../documents/index.ts'
import { changeState } from './drive.ts'
import type { EngineTools } from './engine.ts'
import { fault } from './faults.ts'
import { giveUpHosts, hostKeys } from './members.ts'
import type { Ports } from './ports.ts'
import { retriedState } from './stages.ts'
import { startWork, type Work, type WorkBody } from './work.ts'

/**
 * Goes on with taking a provision over without the servers and public addresses that are gone at Scaleway by
 * now; nothing is ordered in their place. Throws EDGE_HOST_LAST, EDGE_PROVISION_STATE.
 */
export async function giveUpGone(ports: Ports, id: number, tools: EngineTools): Promise<void> {
  const gone = await goneOf(await startWork({ id, ports, tools }))
  await changeState(ports, id, tools.emit, (from, draft) => {
    const to = retriedState(from)
    if (draft.adopting === undefined || to === undefined || to.startsWith('DEPROVISIONING')) {
      const message = `Cannot go on without what is gone in state: ${from}`
      throw fault('EDGE_PROVISION_STATE', message)
    }
    leaveOut(draft, gone, ports.clock.now())
    return to
  })
  for (const one of gone) tools.emit({ kind: 'log', level: 'warn', text: sentence(one) })
}

async function goneOf(work: Work): Promise<AdoptedCloudObject[]> {
  const { hardware, body } = work
  const able = (body.adopting?.cloud ?? []).filter(
    ({ role }) => role === 'server' || role === 'flexible-ip',
  )
  const there = await Promise.all(able.map((claim) => hardware.isThere(claim)))
  const gone = able.filter((_, index) => !there[index])
  const lost = new Set(gone.map(({ key }) => key))
  if (hostKeys(work).some((key) => !lost.has(key))) return gone
  throw fault('EDGE_HOST_LAST', `No server of provision ${work.id} is there any more`)
}

function leaveOut(draft: WorkBody, gone: readonly AdoptedCloudObject[], nowMs: number): void {
  const keys = new Set(gone.map(({ key }) => key))
  if (draft.adopting)
    draft.adopting.cloud = draft.adopting.cloud.filter(({ key }) => !keys.has(key))
  giveUpHosts(
    draft,
    gone.filter(({ role }) => role === 'server').map(({ key }) => key),
  )
  for (const one of gone)
    draft.historic = withHistory(draft.historic, 'Given up', sentence(one), nowMs)
}

function sentence({ role, key, id, address }: AdoptedCloudObject): string {
  return `${role} ${key} (${address ?? id}) is gone at Scaleway and given up`
}
