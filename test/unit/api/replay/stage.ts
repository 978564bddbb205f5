import { states } from '../../../../controller/documents/index.ts'
import { vmOn } from '../../provision/vm-on.ts'
import type { Answer, World } from './world.ts'

/** A world in which things are as they were when a recording was made, and how to get there. */
export interface Stage extends World {
  readonly api: (request: string, body?: unknown) => Promise<Answer>
  /** Id of a new provider. */
  provider(name?: string): Promise<number>
  /** Id of a new provision in RUNNING, with two hosts and one elastic address. */
  running(): Promise<number>
  /** Of the running provision, whatever became of it. */
  inState(id: number, state: keyof typeof states): Promise<void>
  /** A virtual machine of somebody on its first host; the host's id. */
  vmOnHost(): number
  /** A virtual machine of somebody with its elastic address. */
  vmWithAddress(): void
  undeployed(id: number): Promise<void>
}

export const connection = {
  access_key: 'SCWXXXXXXXXXXXXXXXXX',
  secret_key: '11111111-1111-4111-8111-111111111111',
  project_id: '22222222-2222-4222-8222-222222222222',
  region: 'fr-par',
  zone: 'fr-par-2',
}

/** As the recorded ones were created. */
export const providerRequest = {
  ...{ driver: 'scaleway', name: 'scw-par2', description: 'test' },
  connection_values: connection,
}

export function provisionRequest(provider: number) {
  return {
    ...{ driver: 'scaleway', deployment_type: 'ssh_cluster', provider_id: String(provider) },
    ...{ name: 'edge-a', description: 'first edge' },
    user_inputs_values: {
      ...{ oneform_hosts: 2, oneform_public_ips: 1, oneform_tags: { owner: 'ops' } },
    },
  }
}

export function stage(world: World): Stage {
  const api = (request: string, body?: unknown) =>
    world.call(request.replace(' ', ' /api/v1'), body)
  const made = ({ status, text }: Answer): number => {
    if (status !== 201) throw new Error(`${status}: ${text}`)
    return Number((JSON.parse(text) as { DOCUMENT: { ID: string } }).DOCUMENT.ID)
  }
  const provider = async (name = 'scw-par2') =>
    made(await api('POST /providers', { ...providerRequest, name }))
  const host = () => [...world.one.all.hosts.keys()][0] ?? -1
  const elastic = () =>
    [...world.one.all.networks.values()].find(({ vnMad }) => vnMad === 'elastic')
  return {
    ...world,
    api,
    provider,
    async running() {
      const id = made(await api('POST /provisions', provisionRequest(await provider())))
      await world.lifecycle.idle(id)
      return id
    },
    inState: async (id, state) => {
      await world.documents.provisions.update(id, (body) => ({ ...body, state: states[state] }))
    },
    vmOnHost() {
      world.one.vmList.push(vmOn(11, host()))
      return host()
    },
    vmWithAddress() {
      const network = elastic()
      const [range, ...others] = network?.ranges ?? []
      if (!network || !range) throw new Error('no elastic address')
      const vm = vmOn(11, -1)
      const lease = { ip: range.ip, mac: range.mac, vm: vm.id }
      network.ranges = [{ ...range, usedLeases: 1, leases: [lease] }, ...others]
      world.one.vmList.push({ ...vm, nics: [{ networkId: network.id } as never] })
    },
    async undeployed(id) {
      await api(`POST /provisions/${id}/undeploy`, { force: true })
      await world.lifecycle.idle(id)
    },
  }
}
