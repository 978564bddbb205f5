import type { Host } from '../../lab/opennebula/index.ts'
import { simulatedKey, simulatedProject } from '../../lab/scaleway/index.ts'
import { createWorld, password, until, type World, type WorldSnapshot } from './world.ts'

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
const connection = {
  ...{ access_key: simulatedKey.accessKey, secret_key: simulatedKey.secretKey },
  ...{ project_id: simulatedProject, zone: 'fr-par-2' },
}

/** Has the controller create a provision, with agents enrolled and no public address. */
export async function found(hosts: number): Promise<Founded> {
  const world = await createWorld({ timeScale })
  try {
    await world.controller.up()
    const { ID: provider } = await ask(world, '/providers', {
      ...{ driver: 'scaleway', connection_values: connection },
    })
    const { ID: provision } = await ask(world, '/provisions', {
      ...{ driver: 'scaleway', provider_id: Number(provider) },
      user_inputs_values: { oneform_hosts: hosts, instance_public_ips: 0 },
    })
    const runs = async () => {
      const { TEMPLATE } = await ask(world, `/provisions/${provision}`)
      const { state } = TEMPLATE.PROVISION_BODY
      if (state.endsWith('FAILURE')) throw new Error(`${state}\n${await world.controller.tail(20)}`)
      return state === 'RUNNING'
    }
    await until(runs, `provision ${provision} to run`, 60_000)
    await world.controller.end()
    await world.one.quiet()
    return { snapshot: world.snapshot(), place: placeOf(world, Number(provision)) }
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

interface Document {
  readonly ID: string
  readonly TEMPLATE: { readonly PROVISION_BODY: { readonly state: string } }
}

async function ask({ controller }: World, path: string, body?: object): Promise<Document> {
  const answer = await fetch(`${controller.url}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Basic ${Buffer.from(`oneadmin:${password}`).toString('base64')}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return (JSON.parse(text) as { DOCUMENT: Document }).DOCUMENT
}
