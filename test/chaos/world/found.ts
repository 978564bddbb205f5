import type { Host } from '../../lab/opennebula/index.ts'
import { createProvider, createProvision, stateAsked } from './client.ts'
import { createWorld, until, type World, type WorldSnapshot } from './world.ts'

/** A provision that runs, and where its parts are. */
export interface Founded {
  readonly snapshot: WorldSnapshot
  readonly place: Place
}

export interface Place {
  readonly provision: number
  /** In the tags of all it has at Scaleway. */
  readonly uuid: string
  /** Id of the public network in OpenNebula. */
  readonly network: number
  /** Ids of the hosts in OpenNebula: host-0, host-1… */
  readonly hosts: readonly number[]
}

/** Installing a server takes six minutes of the cloud's time. */
const timeScale = 0.004

/** Has the controller create a provision, with agents enrolled and no public address. */
export async function found(hosts: number): Promise<Founded> {
  const world = await createWorld({ timeScale })
  try {
    await world.controller.up()
    const provider = await createProvider(world)
    const provision = await createProvision(world, provider, { hosts, publicIps: 0 })
    const runs = async () => {
      const state = await stateAsked(world, provision)
      if (state.endsWith('FAILURE')) throw new Error(`${state}\n${await world.controller.tail(20)}`)
      return state === 'RUNNING'
    }
    await until(runs, `provision ${provision} to run`, 60_000)
    await world.controller.end()
    await world.one.quiet()
    return { snapshot: world.snapshot(), place: placeOf(world, provision) }
  } finally {
    await world.close()
  }
}

function placeOf({ one, cloud }: World, provision: number): Place {
  const { networks, hosts } = one.state
  const network = networks.newestFirst().find(({ vnMad }) => vnMad === 'elastic')
  const [server] = cloud.state.servers.values()
  const uuid = server?.tags.find((tag) => tag.startsWith('provision='))?.split('=')[1]
  if (!network || uuid === undefined) throw new Error('The provision has no public network')
  // They are made side by side, in any order.
  const key = (host: Host) => host.template.vectors('EDGE_HOST')[0]?.['KEY'] ?? ''
  const inOrder = hosts.newestFirst().toSorted((a, b) => key(a).localeCompare(key(b)))
  return { provision, uuid, network: network.id, hosts: inOrder.map(({ id }) => id) }
}
