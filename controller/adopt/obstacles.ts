import { Fault } from '../../lib/fault/index.ts'
import { states } from '../documents/index.ts'
import { parseInputs } from '../provision/index.ts'
import { adoptedValues } from './adopted-values.ts'
import { cloudProblems } from './cloud-obstacles.ts'
import type { Found } from './found.ts'
import { openNebulaProblems } from './opennebula-obstacles.ts'
import { serverProblems } from './server-obstacles.ts'
import { hostsOf } from './stock-provision.ts'

/** All that is in the way of taking a provision over, a sentence each. Pure. */
export function obstaclesOf(found: Found): string[] {
  const { provision, provider, cloud } = found
  const { body } = provision
  const zones = [...new Set(hostsOf(provision).map(({ zone }) => zone))]
  return [
    ...(body.state === states.RUNNING
      ? []
      : ['It is not RUNNING, and only then all of it is there']),
    ...(provider
      ? []
      : [
          `No provider of edgectl that you may use pays for its project in ${zones.join(', ')}: edgectl provider create`,
        ]),
    ...inputProblems(found),
    ...(cloud ? [...serverProblems(found, cloud), ...cloudProblems(found, cloud)] : []),
    ...openNebulaProblems(found),
    ...[...found.logins].flatMap(([address, why]) =>
      why === null ? [] : [`${address} cannot be logged in to with oneadmin’s key: ${why}`],
    ),
  ]
}

/** What edgectl could not have been asked for it could not go on with either. */
function inputProblems(found: Found): string[] {
  try {
    parseInputs(adoptedValues(found))
    return []
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const context = (error.details.context ?? {}) as Record<string, string[]>
    return Object.entries(context).map(([name, messages]) => `Its ${name} ${messages.join(', ')}`)
  }
}
