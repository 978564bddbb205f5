import type { ServerModel } from '../../scaleway/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import type { Work } from '../work.ts'
import { have, type Made } from './made.ts'

/** One host's pipeline: ordered → delivered → installed → on the private network. */
export function serverSteps(
  work: Work,
  made: Made,
  host: string,
  model: () => Promise<ServerModel>,
): Step[] {
  const { hardware } = work
  const id = () => have(made.servers.get(host), `server ${host}`)
  const each = async (talk: StepTalk, change: (id: string) => Promise<void>) => {
    const servers = await hardware.findServers()
    for (const server of servers.filter(({ key }) => key === host)) {
      talk.tell(`${host}: ${server.id}`)
      await change(server.id)
    }
  }
  return [
    {
      name: `${host} ordered`,
      host,
      needs: ['SSH key'],
      run: async ({ tell }) => {
        made.servers.set(host, await order(work, made, host, await model(), tell))
      },
      undo: (talk) => each(talk, (server) => hardware.releaseServer(server, talk.tell)),
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
        await hardware.waitInstalled(id(), host, tell)
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
      undo: (talk) => each(talk, (server) => hardware.detachServer(server, talk.tell)),
    },
  ]
}

function order(
  { hardware, ports, body }: Work,
  made: Made,
  key: string,
  { offer, osId, optionIds, partitioning }: ServerModel,
  tell: (detail: string) => void,
): Promise<string> {
  const userData = ports.keys.userData(body.uuid, key)
  const sshKeyId = have(made.sshKeyId, 'SSH key')
  return hardware.ensureServer(
    { key, offerId: offer.id, osId, sshKeyId, optionIds, partitioning, userData },
    tell,
  )
}
