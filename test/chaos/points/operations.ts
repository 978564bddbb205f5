import {
  addAddress,
  addIp,
  endVm,
  later,
  moveVm,
  moveVmCold,
  onlyVm,
  removeRanges,
  type Scene,
  startVm,
} from '../world/acts.ts'

/** Something that OpenNebula does with addresses, repeated by whoever repeats it there until it is done. */
export interface Operation {
  readonly name: string
  /** What was before, on a provision without addresses. */
  readonly before: readonly ((scene: Scene) => Promise<unknown>)[]
  act(scene: Scene): Promise<unknown>
  /** What happens later, and must find in use or usable again whatever was left. */
  readonly after?: (scene: Scene) => Promise<unknown>
}

const oneAddress = (scene: Scene) => addIp(scene, 'ip-0')
const oneVm = (scene: Scene) => startVm(scene, 0)

/** A leftover of a register that nobody waits for is taken by the next that needs an address. */
const anotherAddress = async (scene: Scene) => {
  await later(scene)
  await addAddress(scene)
}

/** An address without a range, as a client leaves it that gave up. */
const oneSpare = async (scene: Scene) => {
  await addAddress(scene)
  scene.world.one.state.networks.get(scene.place.network).ranges = []
  await later(scene)
}

/** Somebody edits an address at the cloud's console before oned has its range. */
const pairLost = async (scene: Scene) => {
  await oneAddress(scene)
  scene.world.one.state.networks.get(scene.place.network).ranges = []
  for (const fip of scene.world.cloud.state.flexibleIps.values())
    fip.tags = fip.tags.filter((tag) => !tag.startsWith('private='))
}

export const operations: readonly Operation[] = [
  { name: 'register with a key', before: [], act: oneAddress },
  { name: 'register without a key', before: [], act: addAddress, after: anotherAddress },
  { name: 'register by reuse', before: [oneSpare], act: addAddress, after: anotherAddress },
  { name: 'register with its pair lost', before: [pairLost], act: oneAddress },
  { name: 'assign', before: [oneAddress], act: oneVm },
  {
    name: 'move',
    before: [oneAddress, oneVm],
    act: (scene) => moveVm(scene, onlyVm(scene), 1),
  },
  {
    name: 'move, cold',
    before: [oneAddress, oneVm],
    act: (scene) => moveVmCold(scene, onlyVm(scene), 1),
  },
  {
    name: 'unassign',
    before: [oneAddress, oneVm],
    act: (scene) => endVm(scene, onlyVm(scene)),
  },
  { name: 'unregister', before: [oneAddress], act: removeRanges },
]
