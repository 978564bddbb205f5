import { Fault } from '../../../lib/fault/index.ts'
import type { Server, ServerModel, ServerOrder } from '../../scaleway/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import type { Work } from '../work.ts'
import { have, type Made } from './made.ts'
import { type KnownServer, refuseUntagged } from './untagged-servers.ts'

/** One host's pipeline: ordered → delivered → installed → on the private network. */
export function serverSteps(
  work: Work,
  made: Made,
  host: string,
  model: () => Promise<ServerModel>,
  known: () => Promise<readonly KnownServer[]>,
): Step[] {
  const { hardware } = work
  const id = () => have(made.servers.get(host), `server ${host}`)
  const each = async (talk: StepTalk, change: (server: Server) => Promise<void>) => {
    const servers = await hardware.findServers()
    for (const server of servers.filter(({ key }) => key === host)) {
      talk.tell(`${host}: ${server.id}`)
      await change(server)
    }
  }
  return [
    {
      name: `${host} ordered`,
      host,
      needs: ['SSH key'],
      run: async ({ tell }) => {
        await refuseUntagged(work, host, await known())
        const order = orderOf(work, made, host, await model())
        made.servers.set(host, await hardware.ensureServer(order, tell))
      },
      undo: (talk) =>
        each(talk, async (server) => {
          await hardware.releaseServer(server.id, talk.tell)
          await recordReleased(work, server)
        }),
    },
    {
      name: `${host} delivered`,
      host,
      needs: [`${host} ordered`],
      run: async ({ tell }) => {
        await hardware.waitDelivered(id(), host, tell)
      },
    },
    {
      name: `${host} installed`,
      host,
      needs: [`${host} delivered`],
      run: async ({ tell }) => {
        await installed(work, made, host, model, tell)
        const address = await hardware.waitDelivered(id(), host, tell)
        await work.record('Resource provisioned', `${address} provisioned`)
      },
    },
    {
      name: `${host} on the private network`,
      host,
      needs: [`${host} installed`, 'private network'],
      run: async ({ tell }) => {
        await hardware.ensurePrivateNic(id(), have(made.networkId, 'private network'), tell)
      },
      undo: (talk) => each(talk, (server) => hardware.detachServer(server.id, talk.tell)),
    },
  ]
}

/** As its delivery was recorded. */
export async function recordReleased(work: Work, { id, address }: Server): Promise<void> {
  await work.record('Resource deprovisioned', `${address ?? id} deprovisioned`)
}

/** A failed installation is mended as long as the hardware knows how; then it is the step's failure. */
async function installed(
  work: Work,
  made: Made,
  host: string,
  model: () => Promise<ServerModel>,
  tell: (detail: string) => void,
): Promise<void> {
  const { hardware } = work
  while (true) {
    const id = have(made.servers.get(host), `server ${host}`)
    try {
      return await hardware.waitInstalled(id, host, tell)
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'EDGE_INSTALL_FAILED') throw error
      const next = await hardware.mendInstall(orderOf(work, made, host, await model()), tell)
      if (next === undefined) throw beforeMoneyIsLost(work, error)
      const how = next === id ? 'is repeated' : `is begun anew on another server, ${next}`
      work.log('warn', `The installation of ${host} failed and ${how}`)
      made.servers.set(host, next)
      await hardware.waitDelivered(next, host, tell)
    }
  }
}

/** Nothing is lost of what was paid before somebody was told. */
function beforeMoneyIsLost({ inputs }: Work, failure: Fault): Fault {
  if (inputs.billing !== 'monthly') return failure
  const hint =
    '`retry` orders another server in its place, by the month again; what was paid for this one is not given back.'
  return failure.with({ hint })
}

function orderOf(
  { ports, body, inputs }: Work,
  made: Made,
  key: string,
  { offer, osId, optionIds, partitioning }: ServerModel,
): ServerOrder {
  const userData = ports.keys.userData(body.uuid, key)
  const sshKeyId = have(made.sshKeyId, 'SSH key')
  const { billing } = inputs
  return { key, offerId: offer.id, billing, osId, sshKeyId, optionIds, partitioning, userData }
}
