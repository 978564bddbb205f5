import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { Schema } from './datastore-partition.ts'
import { chooseOffer, listOffers, type Offer } from './offers.ts'
import { findOs } from './operating-systems.ts'
import { choosePartitioning } from './partitioning.ts'
import type { PlanRequest } from './plan-request.ts'
import { findPrivateNetworkOption } from './private-network-option.ts'
import { createProblems, type Problems } from './problems.ts'

/** What all servers of a provision are ordered as. */
export interface ServerModel {
  readonly offer: { readonly id: string; readonly name: string }
  readonly osId: string
  readonly optionIds: readonly string[]
  /** With a partition for the datastores; undefined for the offer's own layout. */
  readonly partitioning: Schema | undefined
}

export interface ChosenModel {
  readonly model: ServerModel
  /** Where its datastores will lie. */
  readonly place: string
  readonly notes: readonly string[]
}

/** For work whose plan was checked before: nothing is asked of stock and quotas, the order tells. */
export async function planModel(scaleway: Scaleway, request: PlanRequest): Promise<ServerModel> {
  const { zone } = scaleway.connection
  const offer = chooseOffer(await listOffers(scaleway), { ...request, zone })
  const problems = createProblems()
  const chosen = await chooseModel(scaleway, offer, request, problems)
  problems.refuse()
  if (chosen === undefined) throw new TypeError('Without problems there is a model')
  return chosen.model
}

/** Operating system, option and partitions on that offer; undefined when one is in the way. */
export async function chooseModel(
  scaleway: Scaleway,
  offer: Offer,
  request: PlanRequest,
  problems: Problems,
): Promise<ChosenModel | undefined> {
  const [os, option] = await Promise.all([
    problems.look('instance_os_name', () => findOs(scaleway, offer, request.osName)),
    problems.look('instance_type', () => findPrivateNetworkOption(scaleway, offer)),
  ])
  if (os === undefined) return undefined
  const chosen = await problems.look('instance_disk_size', () =>
    choosePartitioning(scaleway, { offer, os, diskGb: request.diskGb }),
  )
  if (chosen === undefined || option === undefined) return undefined
  return {
    model: {
      offer: { id: offer.id, name: offer.name },
      osId: os.id,
      optionIds: [option],
      partitioning: chosen.schema,
    },
    place: chosen.place,
    notes: chosen.notes,
  }
}
