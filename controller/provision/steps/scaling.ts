import type { Host } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { comingSteps } from './coming-hosts.ts'
import { goingSteps } from './going-hosts.ts'
import { addressSteps } from './public-addresses.ts'
import { createRoster } from './roster.ts'

/**
 * SCALING: what the document says is to come, and once all of it is there what is to go. Each host and
 * address that is through is struck off the document, so whoever goes on does the rest.
 */
export function scalingSteps(work: Work): Step[] {
  const { scaling } = work.body
  if (scaling === undefined) return []
  const roster = createRoster(work)
  const kept = scaling.hosts_kept.map((host) => keptStep(work, host, roster.tell))
  const joined = scaling.hosts_up.map((host) => `${host} joined`)
  const before = [...kept.map(({ name }) => name), ...joined]
  return [
    ...kept,
    ...comingSteps(work, scaling.hosts_up, roster),
    ...goingSteps(work, scaling.hosts_down, roster, before),
    ...addressSteps(work, scaling),
  ]
}

const closed: ReadonlySet<Host['state']> = new Set(['DISABLED', 'MONITORING_DISABLED'])

/** It was to go, and nothing of it has gone yet. */
function keptStep(work: Work, host: string, tellFleet: () => Promise<unknown>): Step {
  return {
    name: `${host} kept`,
    host,
    run: async () => {
      const { hosts } = work.ports.opennebula
      const found = oursByKey(work, await hosts.list(), host)
      await tellFleet()
      // Not offline in between: machines may be on it.
      if (found && closed.has(found.state)) await hosts.status(found.id, 'enable')
    },
  }
}
