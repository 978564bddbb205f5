import type { Host } from '../../lab/opennebula/index.ts'
import { ask, createProvider, createProvision } from '../world/client.ts'
import { ranges as allRanges } from '../world/judge.ts'
import { createWorld, type World, type WorldSnapshot } from '../world/world.ts'
import { lastFailure, onlyProvision } from './documents.ts'
import { type Expected, wrongWhenDone, wrongWhileRunning } from './judge.ts'

/** Something that a user asks of a controller, and repeats until it is accepted. */
export interface ProvisionOperation {
  readonly name: string
  /** Asks for it if it has not been accepted yet; nothing else remembers that it was asked. */
  begin(world: World): Promise<void>
  /** Throws when it has ended otherwise than it should. */
  ended(world: World): boolean
  /** What is not as it must be in the end. */
  wrong(world: World): readonly string[]
}

const wish: Expected = { hosts: 3, publicIps: 1 }

const create: ProvisionOperation = {
  name: 'create',
  async begin(world) {
    // Who got no answer looks before asking again, as the controller does with the cloud.
    if (!onlyProvision(world)) await createProvision(world, providerIn(world), wish)
  },
  ended: (world) => reached(world, 'RUNNING'),
  wrong: (world) => wrongWhileRunning(world, wish),
}

const addHost = change('add-host', wish, { ...wish, hosts: 4 }, () => [
  'scale',
  { direction: 'up', nodes: 1 },
])

/** The first, which reflects routes and keeps replicas. */
const delHost = change('del-host', { ...wish, hosts: 4 }, wish, ({ one }) => {
  const edge = (host: Host) => host.template.vectors('EDGE_HOST')[0]?.['KEY']
  const first = one.state.hosts.newestFirst().find((host) => edge(host) === 'host-0')
  return ['scale', { direction: 'down', nodes: [first?.id] }]
})

const addIp = change('add-ip', wish, { ...wish, publicIps: 2 }, () => [
  'add-ip',
  { amount: 1, wait: false },
])

const delIp = change('del-ip', { ...wish, publicIps: 2 }, wish, (world) => [
  'remove-ip',
  { ar_id: Math.max(...ranges(world).map(({ id }) => id)), wait: false },
])

const undeploy: ProvisionOperation = {
  name: 'undeploy',
  async begin(world) {
    const provision = onlyProvision(world)
    if (provision?.state === 'RUNNING')
      await ask(world, 'POST', `/provisions/${provision.id}/undeploy`, {})
  },
  ended: (world) => reached(world, 'DONE'),
  wrong: wrongWhenDone,
}

/** In the order of a provision's life: each begins where the one before has ended. */
export const operations: readonly ProvisionOperation[] = [
  create,
  addHost,
  delHost,
  addIp,
  delIp,
  undeploy,
]

/** A change of a provision that runs, asked for while it is as it was before. */
function change(
  name: string,
  before: Expected,
  after: Expected,
  request: (world: World) => readonly [path: string, body: object],
): ProvisionOperation {
  const is = ({ hosts, publicIps }: Expected, world: World) =>
    world.one.state.hosts.newestFirst().length === hosts && ranges(world).length === publicIps
  return {
    name,
    async begin(world) {
      const provision = onlyProvision(world)
      if (provision?.state !== 'RUNNING' || !is(before, world)) return
      const [path, body] = request(world)
      await ask(world, 'POST', `/provisions/${provision.id}/${path}`, body)
    },
    ended: (world) => reached(world, 'RUNNING') && is(after, world),
    wrong: (world) => wrongWhileRunning(world, after),
  }
}

/** An OpenNebula with a provider, and nothing at the cloud. */
export async function provided(): Promise<WorldSnapshot> {
  const world = await createWorld()
  try {
    await world.controller.up()
    await createProvider(world)
    await world.controller.end()
    return world.snapshot()
  } finally {
    await world.close()
  }
}

/** Public addresses; the private network's range is no driver's. */
const ranges = (world: World) =>
  allRanges(world).filter(({ attributes }) => attributes['IPAM_MAD'] === 'scaleway')

function providerIn({ one }: World): number {
  return one.state.documents.newestFirst().find(({ type }) => type === 103)?.id ?? -1
}

export function reached(world: World, wanted: string): boolean {
  const provision = onlyProvision(world)
  if (provision?.state.endsWith('_FAILURE'))
    throw new Error(`the provision is ${provision.state}: ${lastFailure(provision)}`)
  return provision?.state === wanted
}
