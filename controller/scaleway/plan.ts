import type { Scaleway } from '../../lib/scaleway/index.ts'
import { checkAccess } from './check-access.ts'
import { gatewayPrices } from './gateway-prices.ts'
import { checkGatewayType } from './gateway-types.ts'
import { checkStock, chooseOffer, listOffers, type Offer, offerWarnings } from './offers.ts'
import { overlapWarnings } from './overlaps.ts'
import { missing, type PlanRequest } from './plan-request.ts'
import { describe, type PlannedPart, plannedParts } from './planned-parts.ts'
import { sumOf, type Total } from './prices.ts'
import { accessInput, createProblems, type Problems } from './problems.ts'
import { checkQuotas } from './provision-quotas.ts'
import { type ChosenModel, chooseModel, type ServerModel } from './server-model.ts'

/** What an order needs to know, and what it will cost; looked up, nothing of it created. */
export interface HardwarePlan extends ServerModel {
  /** What will be created, in order. */
  readonly parts: readonly PlannedPart[]
  readonly total: Total
  /** What nothing forbids and somebody may mind. */
  readonly warnings: readonly string[]
  /** A sentence for each part. */
  readonly lines: readonly string[]
}

/** More to look at, at once with the cloud. */
export type Also = (problems: Problems) => Promise<unknown>

/**
 * Looks whether the zone can deliver what is asked for: rights, offer, stock, disks, operating system,
 * private-network option, gateway type, quotas. Independent looks run at once, and all that is in the
 * way is told in one fault. Spends nothing.
 */
export async function planHardware(
  scaleway: Scaleway,
  request: PlanRequest,
  also: Also = async () => {},
): Promise<HardwarePlan> {
  const problems = createProblems()
  const offers = listOffers(scaleway)
  const offer = problems.look('instance_type', async () =>
    chooseOffer(await offers, { ...request, zone: scaleway.connection.zone }),
  )
  const [servers, gateways, overlaps] = await Promise.all([
    offer.then((chosen) => serversOf(scaleway, chosen, request, problems)),
    gatewayPrices(scaleway),
    problems.look('cidr_block', () => overlapWarnings(scaleway, request)),
    problems.look(accessInput, () => checkAccess(scaleway)),
    problems.look('gateway_type', () => checkGatewayType(scaleway, request.gatewayType)),
    checkQuotas(scaleway, offer, request, problems),
    also(problems),
  ])
  problems.refuse()
  if (servers === undefined) throw new TypeError('A plan without problems has servers')
  const parts = plannedParts(request, servers, { offers: await offers, gateways })
  return {
    ...servers.model,
    parts,
    total: sumOf(parts.map(({ price }) => price)),
    warnings: [
      ...offerWarnings(await offers, servers.offer, missing(request, 'server')),
      ...servers.notes,
      ...(overlaps ?? []),
    ],
    lines: parts.map(describe),
  }
}

async function serversOf(
  scaleway: Scaleway,
  offer: Offer | undefined,
  request: PlanRequest,
  problems: Problems,
): Promise<(ChosenModel & { readonly offer: Offer }) | undefined> {
  if (offer === undefined) return undefined
  const [chosen] = await Promise.all([
    chooseModel(scaleway, offer, request, problems),
    problems.look('instance_type', () => checkStock(offer, missing(request, 'server'))),
  ])
  return chosen && { ...chosen, offer }
}
