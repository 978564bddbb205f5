import type { Vector } from '../../lib/opennebula/template.ts'
import { rangeAnswer } from './answers.ts'
import type { ControllerAnswer, Driver } from './driver.ts'
import { ipamFault } from './faults.ts'
import { registrable } from './registrable.ts'
import { readRequest } from './request.ts'

/** oned's clients give up at 30 s; a register that ends later would leave an address nobody knows. */
const registerWithinMs = 20_000
const unregisterWithinMs = 25_000

/** Has the controller find or order the flexible IP of a new range, and answers the range. */
export const registerRange: Driver = async ({ argv, input, ask }) => {
  const range = registrable(readRequest(argv, input))
  const answer = understood(await ask('/ipam/register', { range }, registerWithinMs))
  return { text: rangeAnswer(vectorOf(answer['range'])) }
}

/** Has the controller release the flexible IP of a range. Answers nothing. */
export const unregisterRange: Driver = async ({ argv, input, ask }) => {
  const { range } = readRequest(argv, input)
  const { state } = understood(await ask('/ipam/unregister', { range }, unregisterWithinMs))
  if (state === 'released' || state === 'gone') return { text: '' }
  throw ipamFault('EDGE_IPAM_CONTROLLER', 'The controller does not say that the address is gone')
}

/** Members of the controller's answer. Throws its own sentence when it refused. */
function understood({ status, text }: ControllerAnswer): Readonly<Record<string, unknown>> {
  const value = parsed(text)
  const members = typeof value === 'object' && value !== null && !Array.isArray(value)
  const answer = members ? (value as Record<string, unknown>) : undefined
  if (status >= 200 && status < 300 && answer) return answer
  const said = answer?.['message']
  const message =
    typeof said === 'string' && said.trim() !== ''
      ? said
      : `The controller answered ${status} without a reason`
  throw ipamFault('EDGE_IPAM_CONTROLLER', message, { hint: '' })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function vectorOf(value: unknown): Vector {
  const members =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : []
  if (members.length > 0 && members.every(([, member]) => typeof member === 'string')) {
    return Object.fromEntries(members) as Vector
  }
  throw ipamFault('EDGE_IPAM_CONTROLLER', 'The controller answered something that is not a range')
}
