import type { OnedDoor, OnedPassage } from '../../lab/opennebula/index.ts'
import type { Door, Passage } from '../../lab/scaleway/index.ts'
import type { Lab, LabOptions } from '../../lab/whole/lab.ts'
import { cloudCall, hostCall, onedCall, programCall } from '../world/calls.ts'
import { createSshDoor } from './ssh-door.ts'
import { keyOf } from './steps.ts'
import { type Passing, passes, type Trap } from './trap.ts'

/** Everybody whom the controller of a lab asks for something, with one trap at all their doors. */
export interface Doors {
  /** For the lab that is to have them. */
  readonly options: Pick<LabOptions, 'simulator' | 'onedDoor' | 'controllerEnv'>
  /** From now on this trap sees each call; before, all of them pass. */
  open(lab: Lab, trap: Trap): void
  close(): Promise<void>
}

export async function createDoors(directory: string): Promise<Doors> {
  let at: { readonly lab: Lab; readonly trap: Trap } | undefined
  const enter = async (name: (lab: Lab) => string): Promise<Passing> =>
    at ? await at.trap.enter(name(at.lab)) : passes
  const ssh = await createSshDoor(directory, ({ address, program }) =>
    enter((lab) => {
      const key = keyOf(lab, address)
      return (program === 'spec' ? hostCall(key) : programCall(program, key)).name
    }),
  )
  return {
    options: {
      simulator: { door: cloudDoor(enter) },
      onedDoor: onedDoor(enter),
      controllerEnv: ssh.env,
    },
    open(lab, trap) {
      at = { lab, trap }
    },
    async close() {
      at = undefined
      await ssh.close()
    },
  }
}

type Enter = (name: (lab: Lab) => string) => Promise<Passing>

function cloudDoor(enter: Enter): Door {
  const inside = new Map<string, Passing>()
  return {
    async enter(call) {
      const passing = await enter(() => cloudCall(call).name)
      inside.set(call.id, passing)
      return passing.passage
    },
    async leave({ id }): Promise<Passage> {
      const passing = inside.get(id)
      inside.delete(id)
      await passing?.leave()
      return 'pass'
    },
  }
}

function onedDoor(enter: Enter): OnedDoor {
  const inside = new WeakMap<object, Passing>()
  return {
    async enter(call) {
      const passing = await enter((lab) => onedCall(call, lab.openNebula.state).name)
      inside.set(call, passing)
      return passing.passage
    },
    async leave(call): Promise<OnedPassage> {
      await inside.get(call)?.leave()
      return 'pass'
    },
  }
}
