import type { Vector } from '../../lib/opennebula/index.ts'
import { rangeAnswer, registrable } from './answers.ts'
import { askController, socketPath } from './ask-controller.ts'
import { ipamFault } from './faults.ts'
import { readRequest } from './request.ts'
import type { DriverAction } from './run-driver.ts'

/** oned's clients give up at 30 s; a register that ends later would leave an address nobody knows. */
const registerWithinMs = 20_000
const unregisterWithinMs = 25_000

/** Has the controller find or order the flexible IP of a new range, and prints the range. */
export const registerRange: DriverAction = async (argv, input) => {
  const range = registrable(readRequest(argv, input))
  const answer = await ask('/ipam/register', range, registerWithinMs)
  return rangeAnswer(vectorOf((answer as { range?: unknown }).range))
}

/** Has the controller release the flexible IP of a range. Prints nothing. */
export const unregisterRange: DriverAction = async (argv, input) => {
  const { range } = readRequest(argv, input)
  await ask('/ipam/unregister', range, unregisterWithinMs)
  return ''
}

async function ask(path: string, range: Vector, withinMs: number): Promise<unknown> {
  return await askController(socketPath(process.env), path, { range }, withinMs)
}

function vectorOf(value: unknown): Vector {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (members.length > 0 && members.every(([, member]) => typeof member === 'string')) {
    return Object.fromEntries(members) as Vector
  }
  throw ipamFault('EDGE_IPAM_CONTROLLER', 'The controller answered something that is not a range')
}
