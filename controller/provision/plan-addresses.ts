import { fault } from './faults.ts'
import { checkLimit } from './limits.ts'
import { takeAddressKeys } from './members.ts'
import { type Accept, nothing } from './plan-changes.ts'
import { addressKeys, externalOf, publicNetwork } from './steps/public-addresses.ts'
import type { Work } from './work.ts'

export async function planAddAddresses(work: Work, amount: number): Promise<Accept> {
  const taken = addressKeys(await publicNetwork(work), work.body.uuid)
  checkLimit(work, 'instance_public_ips', taken.length + amount, 'amount')
  return (draft) => ({ ...nothing, ips_up: takeAddressKeys(draft, amount, new Set(taken)) })
}

export async function planRemoveAddress(work: Work, rangeId: number): Promise<Accept> {
  const network = await publicNetwork(work)
  const range = network.ranges.find(({ id }) => id === rangeId)
  if (range === undefined) {
    const all = network.ranges.map((one) => `${one.id} (${externalOf(one)})`).join(', ')
    const message = `Network ${network.id} has no address range ${rangeId}`
    throw fault('EDGE_RANGE_UNKNOWN', message, { hint: `It has ${all || 'none'}.` })
  }
  if (range.usedLeases > 0) {
    const users = range.leases.map(({ vm }) =>
      vm === undefined ? 'a reservation' : vm < 0 ? 'nobody (it is held)' : `VM ${vm}`,
    )
    const by = users.length > 0 ? ` by ${users.join(', ')}` : ''
    const message = `Address range ${rangeId} (${externalOf(range)}) is in use${by}`
    throw fault('EDGE_RANGE_USED', message)
  }
  return () => ({ ...nothing, ranges_down: [{ id: range.id, ip: range.ip ?? '' }] })
}
