import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClock, poll } from '../../../lib/clock/index.ts'
import { renderTemplate } from '../../../lib/opennebula/index.ts'
import type { Cloud } from './cloud.ts'
import { clusterMethods } from './clusters.ts'
import { createCloud, type StandInOptions } from './create-cloud.ts'
import { datastoreMethods } from './datastores.ts'
import { documentMethods } from './documents.ts'
import { hostMethods, monitorHosts } from './hosts.ts'
import type { Methods, Parameter } from './method.ts'
import { networkTemplateMethods } from './network-templates.ts'
import { networkMethods } from './networks.ts'
import { createXmlRpcServer } from './server.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { systemMethods } from './system.ts'
import { stateName } from './vm-states.ts'
import { vmMethods } from './vms.ts'

export interface InstantiateVm {
  readonly name: string
  readonly hostId: number
  readonly nics: readonly { readonly networkId: number; readonly ip?: string }[]
  /** Whose VM it is; oneadmin unless given. */
  readonly user?: string
}

export interface StandIn {
  readonly url: string
  /** Everything it knows, for looking, and what drivers were called with. */
  readonly state: Cloud
  /** Allocates and deploys; resolves with the id once oned has taken both calls. */
  instantiate(vm: InstantiateVm): Promise<number>
  /** Waits for a state by name: RUNNING, DONE, POWEROFF. Rejects when the VM failed meanwhile. */
  waitVm(id: number, state: string, withinMs?: number): Promise<void>
  migrate(id: number, hostId: number, live: boolean): Promise<void>
  terminate(id: number, hard?: boolean): Promise<void>
  /** Any XML-RPC method, without HTTP; as oneadmin unless a user is named. */
  call(name: string, parameters: readonly Parameter[], user?: string): Promise<Parameter>
  /** Resolves when no VM, network or driver is on its way anywhere. */
  quiet(): Promise<void>
  /** Of a quiet moment: what is under way is not in it. Another stand-in may begin with it. */
  snapshot(): Snapshot
  close(): Promise<void>
}

/** An OpenNebula that answers as the recorded one did and runs the real drivers. */
export async function createOpenNebulaStandIn(options: StandInOptions): Promise<StandIn> {
  const home = await mkdtemp(join(tmpdir(), 'one-'))
  const closing = new AbortController()
  const work = new Set<Promise<unknown>>()
  const address = { url: '' }
  const cloud = createCloud(options, home, address, closing.signal, work)
  const methods = methodsOf(cloud)
  await writeFile(join(home, 'one_auth'), `oneadmin:${cloud.users.admin.password}`, { mode: 0o600 })

  const server = createXmlRpcServer({ methods, users: cloud.users, door: options.door })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC2`
  cloud.background('monitoring', monitorHosts(cloud, options.monitorEveryMs ?? 5000))
  const unending = new Set(work)

  const call: StandIn['call'] = async (name, parameters, user) => {
    const found = methods[name]
    if (!found) throw new TypeError(`no method ${name}`)
    return await found.run(
      user === undefined ? cloud.users.admin : cloud.users.named(user),
      parameters,
    )
  }
  return {
    url: address.url,
    state: cloud,
    call,
    async instantiate({ name, hostId, nics, user }) {
      const wanted = nics.map(({ networkId, ip }) => ({ NETWORK_ID: networkId, IP: ip }))
      const template = renderTemplate({ NAME: name, CPU: 1, MEMORY: 256, NIC: wanted })
      const id = Number(await call('one.vm.allocate', [template, false], user))
      await call('one.vm.deploy', [id, hostId, false, -1, ''])
      return id
    },
    waitVm: (id, state, withinMs = 60_000) => waitVm(cloud, id, state, withinMs),
    async migrate(id, hostId, live) {
      await call('one.vm.migrate', [id, hostId, live, false, -1, 0])
    },
    async terminate(id, hard = false) {
      await call('one.vm.action', [hard ? 'terminate-hard' : 'terminate', id])
    },
    async quiet() {
      const busy = () => [...work].filter((one) => !unending.has(one))
      while (busy().length > 0) await Promise.all(busy())
    },
    snapshot: () => takeSnapshot(cloud),
    async close() {
      closing.abort()
      server.close()
      server.closeAllConnections()
      await Promise.allSettled(work)
      await rm(home, { recursive: true, force: true })
    },
  }
}

function methodsOf(cloud: Cloud): Methods {
  return {
    ...systemMethods(cloud),
    ...documentMethods(cloud),
    ...clusterMethods(cloud),
    ...datastoreMethods(cloud),
    ...networkMethods(cloud),
    ...networkTemplateMethods(cloud),
    ...hostMethods(cloud),
    ...vmMethods(cloud),
  }
}

async function waitVm(cloud: Cloud, id: number, state: string, withinMs: number): Promise<void> {
  await poll(createClock(), { what: `VM ${id} to be ${state}`, everyMs: 50, withinMs }, () => {
    const vm = cloud.vms.get(id)
    const now = stateName(vm)
    if (now === state) return true
    if (now.endsWith('FAILURE')) {
      throw new Error(`VM ${id} is ${now}: ${vm.userTemplate.text('ERROR')}`)
    }
    return undefined
  })
}
