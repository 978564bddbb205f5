import type { DriverAnswer } from './answers.ts'
import { badRequest, Failure } from './failure.ts'

type Deployment = DriverAnswer['deployment_confs'][number]

/** The deployment that is meant, the driver's first where none is named. Throws a Failure for another. */
export function deploymentOf(driver: DriverAnswer, named: unknown): Deployment | undefined {
  const all = driver.deployment_confs
  if (named === undefined) return all[0]
  const found = all.find(({ inventory }) => inventory === named)
  if (found) return found
  const known = all.map(({ inventory }) => inventory).join(', ') || 'none'
  throw new Failure(
    `The driver ${driver.name} has no deployment "${String(named)}"; it has ${known}`,
    badRequest,
  )
}
