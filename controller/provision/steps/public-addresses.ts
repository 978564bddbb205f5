import type { OneObject, ScaledRange, Scaling } from '../../documents/index.ts'
import type { AddressRange, Network } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { edgeKey, oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { putObject } from './put-object.ts'

type Tell = (detail: string) => void

/** One range of one address each, which oned asks our IPAM driver for; one after the other, as oned does. */
export function publicAddressSteps(work: Work, keys = firstAddressKeys(work)): Step[] {
  return keys.map((key, index) => ({
    name: `public address ${index + 1}`,
    needs: index === 0 ? ['networks applied'] : [`public address ${index}`],
    run: async ({ tell }) => {
      await ensureRange(work, key, tell)
    },
  }))
}

function firstAddressKeys({ inputs }: Work): string[] {
  return Array.from({ length: inputs.publicIps }, (_, index) => `ip-${index}`)
}

/** Addresses of a provision that runs: those to come, those to go, and those that nobody wants any more. */
export function addressSteps(
  work: Work,
  { ips_up, ips_given_up, ranges_down }: Pick<Scaling, 'ips_up' | 'ips_given_up' | 'ranges_down'>,
): Step[] {
  const steps: Step[] = [
    ...ips_up.map((key) => ({
      name: `public address ${key}`,
      run: ({ tell }: { tell: Tell }) => ensureRange(work, key, tell),
    })),
    ...ips_given_up.map((key) => ({
      name: `public address ${key} given up`,
      run: ({ tell }: { tell: Tell }) => giveUp(work, key, tell),
    })),
    ...ranges_down.map((range) => ({
      name: `address range ${range.id} removed`,
      run: ({ tell }: { tell: Tell }) => removeRange(work, range, tell),
    })),
  ]
  if (steps.length === 0) return []
  // oned runs one IPAM driver at a time; asking for two at once only makes the second wait too long.
  const inTurn = steps.map((step, index) => {
    const before = steps[index - 1]
    return before === undefined ? step : { ...step, needs: [before.name] }
  })
  const counted = { name: 'public addresses counted', needs: steps.map(({ name }) => name) }
  return [...inTurn, { ...counted, run: () => countRanges(work) }]
}

async function ensureRange(work: Work, name: string, tell: Tell): Promise<void> {
  const { networks } = work.ports.opennebula
  const key = edgeKey(work, name)
  const before = await publicNetwork(work)
  if (rangeOf(before, key) === undefined) {
    tell('waiting for OpenNebula to register an address')
    // A lost answer is no failure while the range is there.
    const failure = await networks
      .addRange(before.id, {
        TYPE: 'IP4',
        SIZE: 1,
        IPAM_MAD: 'scaleway',
        PROVISION_ID: work.id,
        EDGE_KEY: key,
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    if (rangeOf(await publicNetwork(work), key) === undefined)
      throw failure ?? fault('EDGE_ADDRESS_MISSING', `Network ${before.id} has no range ${key}`)
  }
  const after = await publicNetwork(work)
  const external = rangeOf(after, key)?.attributes['EXTERNAL_IP'] ?? ''
  await work.record('Resource provisioned', `${external} provisioned`)
  await work.updateObjects((objects) =>
    putObject(objects.networks, withRanges(objects.networks, after)),
  )
}

/** An address that was ordered before its range failed; one whose range came after all stays. */
async function giveUp(work: Work, name: string, tell: Tell): Promise<void> {
  if (rangeOf(await publicNetwork(work), edgeKey(work, name)) !== undefined) return
  await work.hardware.releaseFlexibleIps(tell, name)
}

/** oned calls our IPAM driver, which releases the address at Scaleway. */
async function removeRange(work: Work, { id, ip }: ScaledRange, tell: Tell): Promise<void> {
  const find = (network: Network) =>
    network.ranges.find((range) => range.id === id && range.ip === ip)
  const network = await publicNetwork(work)
  const range = find(network)
  if (range === undefined) return
  const external = externalOf(range)
  tell(`releasing ${external}`)
  try {
    await work.ports.opennebula.networks.removeRange(network.id, id, false)
  } catch (error) {
    if (find(await publicNetwork(work)) !== undefined) throw error
  }
  await work.record('Resource deprovisioned', `${external} released`)
}

/** What the document says of public addresses is what there is. */
export async function countRanges(work: Work): Promise<void> {
  const network = await publicNetwork(work)
  await work.updateBody((draft) => {
    putObject(draft.one_objects.networks, withRanges(draft.one_objects.networks, network))
    draft.user_inputs_values['instance_public_ips'] = addressKeys(network, draft.uuid).length
  })
}

export async function publicNetwork(work: Pick<Work, 'ports' | 'body'>): Promise<Network> {
  const { networks } = work.ports.opennebula
  const network = oursByKey(work, await networks.list(), 'public-network')
  if (network) return await networks.get(network.id)
  throw fault('EDGE_OBJECT_STUCK', 'The public network is not in OpenNebula')
}

/** Keys `ip-…` of the network's ranges; what users add themselves has other keys, and is theirs. */
export function addressKeys({ ranges }: Network, uuid: string): string[] {
  return ranges.flatMap(({ attributes }) => {
    const key = attributes['EDGE_KEY'] ?? ''
    return key.startsWith(`${uuid}/ip-`) ? [key.slice(uuid.length + 1)] : []
  })
}

/** What people call a range by. */
export function externalOf({ id, ip, attributes }: AddressRange): string {
  return attributes['EXTERNAL_IP'] ?? ip ?? `range ${id}`
}

function rangeOf(network: Network, key: string) {
  return network.ranges.find(({ attributes }) => attributes['EDGE_KEY'] === key)
}

/** As OneForm’s bodies show registered addresses. */
function withRanges(objects: readonly OneObject[], network: Network): OneObject {
  const object = objects.find(({ id }) => id === network.id)
  const ar = network.ranges.map(({ id, attributes }) => ({
    ipam: 'scaleway',
    ar_id: id,
    ip: attributes['EXTERNAL_IP'] ?? '',
  }))
  return {
    ...object,
    id: network.id,
    name: network.name,
    template: { ...object?.template, ar },
  }
}
