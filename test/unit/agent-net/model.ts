import type { Link, Observed, Stack } from '../../../agent/host/index.ts'
import type { NetworkStep } from '../../../agent/plan/index.ts'
import { carryOut } from './kernel/carry-out.ts'
import { addLink, removeLink, setMaster } from './kernel/links.ts'
import {
  blank,
  createKernel,
  type Kernel,
  type Knobs,
  plainKnobs,
  type World,
} from './kernel/world.ts'

export { blank } from './kernel/world.ts'

/**
 * A kernel of plain values that carries out steps, and refuses what the real one refuses: a link that
 * exists, a device that is absent, a VNI taken twice, a route over a device that is down. Strict on
 * purpose, and compared with the real one in `test/net/agent/model.test.ts`.
 */
export interface Model {
  /** Everything, as one who may enter every namespace sees it. */
  observed(): Observed
  /** Throws at the first step the kernel refuses. */
  apply(steps: readonly NetworkStep[]): void
  /** Plugs a tap as a hypervisor does; flags at the kernel's defaults. */
  plug(name: string, bridge: string): void
  unplug(name: string): void
  /** The state itself, for those who damage it. */
  readonly kernel: Kernel
}

export function createModel(knobs: Knobs = plainKnobs): Model {
  return modelOf(createKernel(knobs))
}

export function modelOf(kernel: Kernel): Model {
  return {
    kernel,
    observed: () => observedOf(kernel),
    apply(steps) {
      for (const step of steps) {
        try {
          carryOut(kernel, step)
        } catch (error) {
          throw new Error(`"${step.sentence}": ${error instanceof Error ? error.message : error}`)
        }
      }
    },
    unplug: (name) => removeLink(kernel, null, name),
    plug(name, bridge) {
      addLink(kernel, null, { ...blank(name, 'tun', 1450), up: true })
      setMaster(kernel, null, name, bridge)
    },
  }
}

function observedOf({ worlds, broken }: Kernel): Observed {
  const inside = [...worlds].flatMap(([name, world]) =>
    name === null || broken.has(name) ? [] : [[name, stackOf(world)] as const],
  )
  const host = worlds.get(null)
  if (host === undefined) throw new Error('a kernel without a host')
  return {
    host: stackOf(host),
    namespaces: [...inside.map(([name]) => name), ...broken].sort(),
    broken: [...broken],
    inside: Object.fromEntries(inside),
  }
}

function stackOf({ hooks: _, ...world }: World): Stack {
  const links = world.links.map(({ index: _, peer: __, mtuIsSet: ___, ...link }): Link => link)
  return structuredClone({ ...world, links })
}
