// A controller dies while oned adds a range; its successor, which sees no range, has oned add it again.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'
import t from 'tap'
import { knownRanges } from '../../../controller/assembly/known-ranges.ts'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import type { Elastic } from '../../../controller/fleet/index.ts'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createFlexibleIps, type RegisterRequest } from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createScaleway } from '../../../lib/scaleway/index.ts'
import { createOpenNebulaStandIn, type Hypervisor } from '../opennebula/index.ts'
import { createSimulator, simulatedKey, simulatedProject } from '../scaleway/index.ts'

const provision = 'a0000000-0000-4000-8000-000000000001'
const edgeKey = `${provision}/ip-0`
const elastic: Elastic = { assign: async () => 'attached', unassign: async () => 'released' }

t.test('a range asked for by a dead controller and its successor is one range', async (t) => {
  // A socket's path has 107 bytes at most.
  const ipamDir = await mkdtemp(join(tmpdir(), 'ipam-'))
  t.teardown(() => rm(ipamDir, { recursive: true, force: true }))
  const socket = join(ipamDir, 'controller.sock')
  await driver(ipamDir, 'register_address_range')
  const users = { oneadmin: 'secret-of-admin' }
  const standIn = await createOpenNebulaStandIn({
    ...{ ipamDir, users, hypervisor: {} as Hypervisor, clock: createClock({ scale: 0.01 }) },
    env: { PATH: process.env['PATH'] ?? '', EDGECTL_IPAM_SOCKET: socket },
  })
  t.teardown(() => standIn.close())
  const one = createOpenNebula({ endpoint: standIn.url, session: 'oneadmin:secret-of-admin' })
  t.teardown(() => one.close())
  const sim = await createSimulator({ timeScale: 0.01, latency: false })
  t.teardown(() => sim.close())
  const tools = { clock: createClock({ scale: 0.01 }), logger: silent }
  const zone = { projectId: simulatedProject, region: 'fr-par', zone: 'fr-par-2', apiUrl: sim.url }
  const cloud = {
    scaleway: createScaleway({ ...simulatedKey, ...zone }, tools),
    identity: { cloud: 'c', provision, provisionId: 7, userTags: {} },
    ending: false,
  }
  const flexibleIps = createFlexibleIps({
    ...tools,
    provision: async () => cloud,
    provisions: async () => ({ clouds: [cloud], unknown: [] }),
    ranges: () => knownRanges(one),
  })

  const network = await one.networks.create({ NAME: 'public', VN_MAD: 'elastic' }, 0)
  while ((await one.networks.get(network)).state !== 'READY') await pause(20)
  const range = { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: 7, EDGE_KEY: edgeKey }
  const gate = Promise.withResolvers<void>()
  const held = {
    ...flexibleIps,
    register: (request: RegisterRequest) => gate.promise.then(() => flexibleIps.register(request)),
  }
  const api = createDriverApi({ flexibleIps: held, elastic, logger: silent })
  await api.listen(socket)
  t.teardown(() => api.close())
  const first = one.networks.addRange(network, range)
  await pause(300)
  t.same((await one.networks.get(network)).ranges, [], 'it shows when its driver has answered')
  const second = one.networks.addRange(network, range)
  gate.resolve()
  const outcomes = await Promise.allSettled([first, second])
  t.match(outcomes, [
    { status: 'fulfilled' },
    { status: 'rejected', reason: { message: /EDGE_KEY .* already/ } },
  ])
  const { ranges } = await one.networks.get(network)
  t.match(ranges, [{ attributes: { EDGE_KEY: edgeKey } }])
  t.equal(ranges.length, 1)
  t.equal([...sim.state.flexibleIps.values()].filter(({ tags }) => tags.length > 0).length, 1)
})

async function driver(ipamDir: string, action: string): Promise<void> {
  await mkdir(join(ipamDir, 'scaleway'), { recursive: true })
  const source = new URL(`../../../ipam/bin/${action}.ts`, import.meta.url).pathname
  const outfile = join(ipamDir, `${action}.cjs`)
  await build({ entryPoints: [source], bundle: true, platform: 'node', format: 'cjs', outfile })
  const path = join(ipamDir, 'scaleway', action)
  await writeFile(path, `#!/bin/sh\nexec ${process.execPath} ${outfile} "$@"\n`)
  await chmod(path, 0o755)
}
