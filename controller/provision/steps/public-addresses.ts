import type { OneObject } from '../../documents/index.ts'
import type { Network } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { edgeKey, oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { putObject } from './put-object.ts'

/** One range of one address each, which oned asks our IPAM driver for; one after the other, as oned does. */
export function publicAddressSteps(work: Work): Step[] {
  return Array.from({ length: work.inputs.publicIps }, (_, index) => ({
    name: `public address ${index + 1}`,
    needs: index === 0 ? ['networks applied'] : [`public address ${index}`],
    run: async ({ tell }) => {
      const key = edgeKey(work, `ip-${index}`)
      await ensureRange(work, key, tell)
    },
  }))
}

async function ensureRange(work: Work, key: string, tell: (detail: string) => void): Promise<void> {
  const { networks } = work.ports.opennebula
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

async function publicNetwork(work: Work): Promise<Network> {
  const { networks } = work.ports.opennebula
  const network = oursByKey(work, await networks.list(), 'public-network')
  if (network) return await networks.get(network.id)
  throw fault('EDGE_OBJECT_STUCK', 'The public network is not in OpenNebula')
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
