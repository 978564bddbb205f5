import { poll } from '../../../lib/clock/index.ts'
import { scalarOf, type TemplateInput } from '../../../lib/opennebula/index.ts'
import type { Network } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { ensureObject, marks, named } from '../objects.ts'
import type { Work } from '../work.ts'
import { privateNetwork, privateRange, publicNetwork } from './network-templates.ts'
import { type Placed, placedIn } from './placed.ts'
import { handOver, putObject } from './put-object.ts'

const readyWithinMs = 5 * 60_000
const readyEveryMs = 1_000

interface Kind {
  readonly key: string
  readonly name: string
  readonly template: Readonly<Record<string, string | number | boolean>>
  readonly range?: TemplateInput[string]
}

const kinds: readonly Kind[] = [
  {
    key: 'private-network',
    name: 'private_scaleway_network',
    template: { ...privateNetwork, ...privateRange.network },
    range: privateRange.ar,
  },
  { key: 'public-network', name: 'public_scaleway_network', template: publicNetwork },
]

/** The network of virtual machines among themselves, and the one of their public addresses. */
export function virtualNetworkSteps(work: Work, placed: Placed): Step[] {
  const { networks } = work.ports.opennebula
  return kinds.map(({ key, name, template, range }) => ({
    name: key.replace('-', ' '),
    needs: ['cluster'],
    run: async ({ tell }) => {
      const made = await ensureObject(work, {
        what: 'network',
        key,
        list: () => networks.list(),
        create: () =>
          networks.create(
            {
              NAME: named(work, name),
              ...template,
              ...(range === undefined ? {} : { AR: range }),
              ...marks(work, key),
            },
            placedIn(placed),
          ),
      })
      const network = await ready(work, made.id, tell)
      await handOver(work, network, (uid, gid) => networks.chown(network.id, uid, gid))
      await work.updateObjects((objects) =>
        putObject(objects.networks, described(network, template, range)),
      )
    },
  }))
}

/** oned answers before its drivers have made the network. Throws EDGE_OBJECT_STUCK. */
async function ready(work: Work, id: number, tell: (detail: string) => void): Promise<Network> {
  const options = {
    what: `network ${id} to be ready`,
    everyMs: readyEveryMs,
    withinMs: readyWithinMs,
    signal: work.tools.signal,
  }
  return await poll(work.ports.clock, options, async () => {
    const network = await work.ports.opennebula.networks.get(id)
    if (network.state === 'ERROR') throw stuck(network)
    if (network.state !== 'READY') tell(`network ${id} ${network.state}`)
    return network.state === 'READY' ? network : undefined
  })
}

function stuck({ id, name, template }: Network) {
  const answer = scalarOf(template, 'ERROR')
  const details = { object: `network ${name}`, ...(answer === undefined ? {} : { answer }) }
  return fault('EDGE_OBJECT_STUCK', `Network ${id} is in ERROR`, details)
}

/** As OneForm’s bodies show networks: names in lower case, `vn_mad` first. */
function described(network: Network, template: Kind['template'], range: TemplateInput[string]) {
  const { id, name, ranges } = network
  const [first] = ranges
  // One that was taken over keeps its own addresses.
  const own = first?.ip === undefined ? range : { TYPE: first.type, IP: first.ip, SIZE: first.size }
  const members = { ...shown(network, template), ...(range === undefined ? {} : { AR: own }) }
  return { id, name, template: lowered(members), childs: {} }
}

function shown({ template }: Network, wanted: Kind['template']): Kind['template'] {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => {
      const told = scalarOf(template, name)
      return [name, told === undefined || told === String(value) ? value : told]
    }),
  )
}

function lowered(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.toLowerCase(),
      typeof member === 'object' && member !== null
        ? lowered(member as Record<string, unknown>)
        : member,
    ]),
  )
}
