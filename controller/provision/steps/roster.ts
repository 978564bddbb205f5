import { fleetFacts } from '../fleet-facts.ts'
import type { FleetHost } from '../ports.ts'
import type { Work } from '../work.ts'

/** Who is in the fleet while hosts come and go. */
export interface Roster {
  /** Leaves this host out from now on. */
  dismiss(key: string): void
  /** Looks who is there and tells the fleet; answers whom it told of. */
  tell(): Promise<readonly FleetHost[]>
}

/** One look after the other: an older one that overtook a newer would take a host out again. */
export function createRoster({ ports, id, body }: Work): Roster {
  const dismissed = new Set<string>()
  let last: Promise<unknown> = Promise.resolve()

  async function tell(): Promise<readonly FleetHost[]> {
    const facts = await fleetFacts(ports.opennebula, id, body.uuid)
    if (facts === undefined) return []
    const hosts = facts.hosts.filter(({ key }) => !dismissed.has(key))
    await ports.fleet.set({ ...facts, hosts })
    await ports.fleet.refresh()
    return hosts
  }

  return {
    dismiss: (key) => void dismissed.add(key),
    tell: () => {
      const mine = last.then(tell, tell)
      last = mine
      return mine
    },
  }
}
