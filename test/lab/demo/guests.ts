import { readFile } from 'node:fs/promises'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createClock, poll } from '../../../lib/clock/index.ts'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'

/** A running VM and what its NICs got. */
export interface Guest {
  readonly name: string
  readonly vm: number
  /** Its address on the private network. */
  readonly ip: string
  /** Its public address; undefined without an elastic NIC. */
  readonly elastic: string | undefined
}

/**
 * The cast: `web` (public and private NIC) and `app` (the same) on the first and second host, `db`
 * (private only) on the third, `other` alone on a second private network with the same prefix.
 */
export interface Guests {
  readonly web: Guest
  readonly app: Guest
  readonly db: Guest
  readonly other: Guest
  readonly secondNetwork: number
}

/** Where the first network's range begins too: networks must not meet even with equal addresses. */
const sameFirstAddress = '10.184.0.10'

export async function startGuests(lab: Lab, cluster: Cluster): Promise<Guests> {
  const one = createOpenNebula({
    endpoint: lab.openNebula.url,
    session: (await readFile(`${lab.env['ONE_AUTH']}`, 'utf8')).trim(),
  })
  try {
    // What a user does to get a network of his own: instantiate the provision's template.
    const secondNetwork = await one.networkTemplates.instantiate(
      cluster.networkTemplate,
      'second private network',
      {
        NETWORK_ADDRESS: '10.184.0.0',
        NETWORK_MASK: '255.255.255.0',
        GATEWAY: '10.184.0.1',
        AR: { TYPE: 'IP4', IP: sameFirstAddress, SIZE: 10 },
      },
    )
    const ready = { what: 'the second network to be on every host', everyMs: 100, withinMs: 30_000 }
    await poll(createClock(), ready, async () => {
      const { state, bridge, phydev, vlanId } = await one.networks.get(secondNetwork)
      const device = `${phydev}.${vlanId}`
      const there = cluster.hosts.map(({ address }) =>
        lab.hypervisor.bridgeHasPort(address, bridge, device),
      )
      return (state === 'READY' && (await Promise.all(there)).every(Boolean)) || undefined
    })
    const [first, second, third] = cluster.hosts
    if (!first || !second || !third) throw new Error('The cluster has fewer than three hosts')
    // The agents make it within seconds; a VM that came first would show the stock driver at work.
    const { bridge } = await one.networks.get(secondNetwork)
    const made = { what: `${bridge} to be on ${second.address}`, everyMs: 100, withinMs: 30_000 }
    await poll(createClock(), made, async () => {
      const argv = ['ip', 'link', 'show', 'dev', `${bridge}`]
      return (await lab.metal.execOn(second.address, argv)).code === 0 || undefined
    })
    const { privateNetwork, publicNetwork } = cluster
    const [web, app, db, other] = await Promise.all([
      start(lab, 'web', first.id, [publicNetwork, privateNetwork]),
      start(lab, 'app', second.id, [publicNetwork, privateNetwork]),
      start(lab, 'db', third.id, [privateNetwork]),
      start(lab, 'other', second.id, [secondNetwork]),
    ])
    const vms = await one.vms.list()
    const guest = (name: string, vm: number, network: number): Guest => {
      const nics = vms.find(({ id }) => id === vm)?.nics ?? []
      return {
        name,
        vm,
        ip: nics.find(({ networkId }) => networkId === network)?.ip ?? '',
        elastic: nics.find(({ externalIp }) => externalIp !== undefined)?.externalIp,
      }
    }
    return {
      web: guest('web', web, privateNetwork),
      app: guest('app', app, privateNetwork),
      db: guest('db', db, privateNetwork),
      other: guest('other', other, secondNetwork),
      secondNetwork,
    }
  } finally {
    one.close()
  }
}

async function start(lab: Lab, name: string, hostId: number, networks: number[]): Promise<number> {
  const nics = networks.map((networkId) => ({ networkId }))
  const id = await lab.openNebula.instantiate({ name, hostId, nics })
  await lab.openNebula.waitVm(id, 'RUNNING')
  return id
}

/** Stops the cast and deletes what it made beside the provision. */
export async function stopGuests(lab: Lab, guests: Guests): Promise<void> {
  const all = [guests.web, guests.app, guests.db, guests.other]
  await Promise.all(
    all.map(async ({ vm }) => {
      await lab.openNebula.terminate(vm)
      await lab.openNebula.waitVm(vm, 'DONE')
    }),
  )
  await lab.openNebula.call('one.vn.delete', [guests.secondNetwork])
}
