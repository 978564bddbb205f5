import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClock } from '../../../lib/clock/index.ts'
import { createHypervisor, type MetalHypervisor } from '../metal/hypervisor.ts'
import { createMetal, type Metal } from '../metal/metal.ts'
import { type Outside, startOutside } from '../net/outside.ts'
import type { Delivery } from '../net/public-segment.ts'
import { createOpenNebulaStandIn, type OnedDoor, type StandIn } from '../opennebula/index.ts'
import type { CommandResult } from '../sandbox/command.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from '../scaleway/index.ts'
import { type Controller, createController } from './controller.ts'
import { dist } from './dist.ts'
import { type EdgectlOptions, runEdgectl } from './edgectl.ts'

export interface LabOptions {
  readonly delivery?: Delivery
  /** Real seconds per second of the simulated cloud and of the controller's pauses. */
  readonly timeScale?: number
  readonly simulator?: SimulatorOptions
  /** Who sees what is asked of OpenNebula. */
  readonly onedDoor?: OnedDoor
  /** More environment for the controller. */
  readonly controllerEnv?: NodeJS.ProcessEnv
}

/** A data centre, a cloud API, an OpenNebula and the product between them, in this sandbox. */
export interface Lab {
  readonly dir: string
  readonly metal: Metal
  readonly hypervisor: MetalHypervisor
  readonly outside: Outside
  readonly scaleway: Simulator
  readonly openNebula: StandIn
  readonly controller: Controller
  /** Environment in which `edgectl` finds this lab. */
  readonly env: NodeJS.ProcessEnv
  /** Runs `edgectl` as a user would, to its end. */
  edgectl(args: readonly string[], options?: EdgectlOptions): Promise<CommandResult>
  close(): Promise<void>
}

const password = 'lab-9c1f5e7a'
const apiPort = 13013

/** Starts everything but the controller, which the caller starts when it wants it. */
export async function createLab(options: LabOptions = {}): Promise<Lab> {
  const timeScale = options.timeScale ?? 0.05
  const dir = process.env['LAB_DIR'] ?? '/run/lab'
  const oneAuth = join(dir, 'one_auth')
  const socket = join(dir, 'edgectl.sock')
  await mkdir(dir, { recursive: true })
  await writeFile(oneAuth, `oneadmin:${password}\n`, { mode: 0o600 })

  const metal = await createMetal(options.delivery ? { delivery: options.delivery } : {})
  const hypervisor = createHypervisor(metal)
  const outside = await startOutside()
  const scaleway = await createSimulator({ timeScale, world: metal, ...options.simulator })
  const openNebula = await createOpenNebulaStandIn({
    ipamDir: dist('remotes/ipam'),
    hypervisor,
    users: { oneadmin: password },
    oneformUrl: `http://127.0.0.1:${apiPort}`,
    env: { EDGECTL_IPAM_SOCKET: socket },
    clock: createClock({ scale: timeScale }),
    ...(options.onedDoor ? { door: options.onedDoor } : {}),
  })
  const controller = await createController({
    dir,
    port: apiPort,
    socket,
    oned: openNebula.url,
    oneAuth,
    scalewayUrl: scaleway.url,
    timeScale,
    ...(options.controllerEnv ? { env: options.controllerEnv } : {}),
  })
  const env = {
    PATH: process.env['PATH'],
    HOME: dir,
    ONE_AUTH: oneAuth,
    ONEFORM_URL: controller.url,
    EDGECTL_IPAM_SOCKET: socket,
  }
  return {
    dir,
    metal,
    hypervisor,
    outside,
    scaleway,
    openNebula,
    controller,
    env,
    edgectl: (args, options) => runEdgectl(args, env, options),
    async close() {
      await controller.end('SIGTERM')
      await openNebula.close()
      await scaleway.close()
      await outside.close()
      await metal.close()
    },
  }
}
