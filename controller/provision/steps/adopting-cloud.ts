import { Fault, sentenceOf } from '../../../lib/fault/index.ts'
import type { AdoptedCloudObject, Adopting } from '../../documents/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import type { Work } from '../work.ts'
import { gatewaySteps } from './gateway.ts'
import { have, type Made } from './made.ts'
import { networkSteps } from './network.ts'
import { mustBeProven } from './proven-server.ts'
import { sshKeySteps } from './ssh-key.ts'

/** Of these none is ours to give back, and all else is. */
const notOurs: ReadonlySet<string> = new Set(['EDGE_CLAIM_TAKEN', 'EDGE_STOCK_UNPROVEN'])

/**
 * What the stock server made at Scaleway gets the provision's tags, each object on its own; with `leaving`
 * what is gone or another's by now is passed over, else it is a failure.
 */
export function claimSteps(work: Work, adopting: Adopting, { leaving = false } = {}): Step[] {
  return adopting.cloud.map((claim) => ({
    ...named(claim),
    run: async ({ tell }) => {
      const claiming = claimed(work, adopting, claim, tell)
      if (leaving) return await passOver(work, claim, claiming)
      if (!(await claiming)) throw gone(claim)
    },
  }))
}

/** False where nothing of it is there. Throws EDGE_CLAIM_TAKEN, EDGE_STOCK_UNPROVEN. */
async function claimed(
  work: Work,
  adopting: Adopting,
  claim: AdoptedCloudObject,
  tell: StepTalk['tell'],
): Promise<boolean> {
  await mustBeProven(work, adopting, claim)
  return await work.hardware.takeOver(claim, tell)
}

async function passOver(
  work: Work,
  { role, key, id }: AdoptedCloudObject,
  claiming: Promise<boolean>,
): Promise<void> {
  try {
    await claiming
  } catch (error) {
    if (!(error instanceof Fault) || !notOurs.has(error.code)) throw error
    const told = `${role} ${key} (${id}) is left as it is: ${sentenceOf(error)}`
    work.log('warn', told)
    await work.record('Left as it is', told)
  }
}

/**
 * APPLYING of what is taken over, once all of it is tagged: the steps of a new provision find everything
 * and make what the stock driver does without. Servers are never ordered here.
 */
export function adoptedApplyingSteps(work: Work, { cloud }: Adopting): Step[] {
  const { hardware } = work
  const made: Made = { servers: new Map() }
  const servers = cloud.filter(({ role }) => role === 'server')
  return [
    ...sshKeySteps(work, made),
    ...networkSteps(work, made),
    ...gatewaySteps(work, made),
    ...servers.flatMap(({ key: host, id }): Step[] => {
      // Another with the provision's tags may have taken its place.
      const idNow = async () =>
        (await hardware.findServers()).find(({ key }) => key === host)?.id ?? id
      return [
        {
          name: `${host} with the private-network option`,
          host,
          run: async ({ tell }) => hardware.ensureServerOption(await idNow(), tell),
        },
        {
          name: `${host} on the private network`,
          host,
          needs: [`${host} with the private-network option`, 'private network'],
          run: async ({ tell }) => {
            const networkId = have(made.networkId, 'private network')
            await hardware.ensurePrivateNic(await idNow(), networkId, tell)
          },
        },
      ]
    }),
  ]
}

function named({ role, key, address }: AdoptedCloudObject): Pick<Step, 'name' | 'host'> {
  if (role === 'server') return { name: `${key} tagged`, host: key }
  return { name: `${address ?? role.replace('-', ' ')} tagged` }
}

function gone({ role, key, id }: AdoptedCloudObject) {
  const message = `${role} ${key} is not at Scaleway any more`
  return fault('EDGE_STOCK_OBJECT_GONE', message, { object: `${role} ${id}` })
}
