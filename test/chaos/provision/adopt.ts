import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createHardware } from '../../../controller/scaleway/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createScaleway } from '../../../lib/scaleway/index.ts'
import { makeStock } from '../../lab/provision/stock-stage.ts'
import { simulatedKey, simulatedProject } from '../../lab/scaleway/index.ts'
import { ask, createProvider } from '../world/client.ts'
import { createWorld, password, type World, type WorldSnapshot } from '../world/world.ts'
import { onlyProvision } from './documents.ts'
import { wrongWhileRunning } from './judge.ts'
import { type ProvisionOperation, reached } from './operations.ts'
import { timeScale } from './story.ts'

const wish = { hosts: 2, publicIps: 2 }
const provisionType = 104

/** An OpenNebula with a provider of ours, and a provision that the stock server made and runs. */
export async function adoptable(): Promise<WorldSnapshot> {
  const world = await createWorld({ timeScale })
  try {
    await world.controller.up()
    await createProvider(world)
    await world.controller.end()
    await stockIn(world)
    await world.one.quiet()
    return world.snapshot()
  } finally {
    await world.close()
  }
}

async function stockIn(world: World): Promise<void> {
  const clock = createClock({ scale: timeScale })
  const place = { projectId: simulatedProject, region: 'fr-par', zone: 'fr-par-2' }
  const connection = { ...simulatedKey, ...place, apiUrl: world.cloud.url }
  const scaleway = createScaleway(connection, { clock, logger: silent })
  const identity = { cloud: 'stock', provision: 'stock', provisionId: 0, userTags: {} }
  const hardware = createHardware(scaleway, identity, { clock, logger: silent })
  const one = createOpenNebula({ endpoint: world.one.url, session: `oneadmin:${password}` })
  const site = { scaleway, hardware, tell: () => {} }
  await makeStock(site, { one, standIn: world.one }, { ...wish, namesake: false })
  one.close()
}

/** The stock provision is taken over; who got no answer asks again. */
export const adopt: ProvisionOperation = {
  name: 'adopt',
  async begin(world) {
    if (onlyProvision(world)) return
    await ask(world, 'POST', `/provisions/${stockId(world)}/adopt`, { dry_run: false })
  },
  ended: (world) => reached(world, 'RUNNING'),
  wrong: (world) => [
    // The one that the stock driver made is still there beside ours.
    ...wrongWhileRunning(world, { ...wish, sshKeys: 2 }),
    ...ordered(world),
    ...unfinished(world),
  ],
}

export function stockId({ one }: World): number {
  const all = one.state.documents.newestFirst()
  return all.find(({ type }) => type === provisionType)?.id ?? -1
}

/** Nothing was ordered but the option of each server: what runs is what was there. */
function ordered({ cloud }: World): string[] {
  const counts = Map.groupBy(
    cloud.ledger.entries.filter(({ project }) => project === simulatedProject),
    ({ kind }) => kind,
  )
  const most: Readonly<Record<string, number>> = {
    server: wish.hosts,
    'flexible-ip': wish.publicIps,
    gateway: 1,
    'gateway-ip': 1,
  }
  return Object.entries(most).flatMap(([kind, count]) => {
    const found = counts.get(kind)?.length ?? 0
    return found === count ? [] : [`${found} of ${kind} were ever ordered, not ${count}`]
  })
}

/** What is in no list of a new provision. */
function unfinished(world: World): string[] {
  const { one } = world
  const body = onlyProvision(world)?.body
  const networks = one.state.networks.newestFirst()
  const overlay = networks.find(({ vnMad }) => vnMad === 'vxlan')
  const ranges = networks.filter(({ vnMad }) => vnMad === 'elastic').flatMap((net) => net.ranges)
  return [
    ...(body?.adopting === undefined ? [] : ['the document still tells what to take over']),
    ...(overlay?.phydev === 'scwpn' ? [] : [`the overlay is on ${overlay?.phydev}`]),
    ...(overlay?.template.text('NETWORK_ADDRESS') === '172.17.2.0'
      ? []
      : ['the private network has other addresses']),
    ...ranges
      .filter(({ attributes }) => !attributes['IP']?.startsWith('100.64.'))
      .map(({ id, attributes }) => `range ${id} still has ${attributes['IP']}`),
    ...one.state.hosts
      .newestFirst()
      .filter(({ template }) => template.text('EDGE_HOST_KEY') === undefined)
      .map(({ name }) => `the SSH host key of ${name} is not known`),
  ]
}
