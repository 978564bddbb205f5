import { overlaps, parseCidr } from '../../../lib/net/index.ts'
import { scalarOf } from '../../../lib/opennebula/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { ours } from '../objects.ts'
import type { Work } from '../work.ts'

/** PLANNING: can the zone deliver it, and does its network collide with another? Spends nothing. */
export function planningSteps(work: Work): Step[] {
  const { hardware, inputs } = work
  return [
    {
      name: 'offer',
      run: async ({ tell }) => {
        const plan = await hardware.plan(inputs)
        for (const line of plan.lines) work.log('info', `To be created: ${line}`)
        tell(`${plan.pricePerHour} ${plan.currency} per hour for ${inputs.hosts} servers`)
      },
    },
    { name: 'address ranges', run: () => checkRanges(work) },
  ]
}

/** Hosts route between the private network and the networks of VMs, so these must not overlap. */
async function checkRanges(work: Work): Promise<void> {
  const wanted = parseCidr(work.inputs.cidr)
  const networks = await work.ports.opennebula.networks.list()
  const mine = new Set(ours(work, networks).map(({ id }) => id))
  const edge = networks.filter(({ id, vnMad }) => vnMad === 'vxlan' && !mine.has(id))
  for (const { id, name, template } of edge) {
    const address = scalarOf(template, 'NETWORK_ADDRESS')
    const mask = scalarOf(template, 'NETWORK_MASK')
    const range = address && mask ? rangeOf(address, mask) : undefined
    if (range && overlaps(range, wanted)) {
      const message = `cidr_block ${work.inputs.cidr} overlaps network ${id} (${name})`
      throw fault('EDGE_INPUTS_INVALID', message, { context: { cidr_block: [message] } })
    }
  }
}

function rangeOf(address: string, mask: string) {
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).replaceAll('0', '').length)
    .reduce((sum, ones) => sum + ones, 0)
  try {
    return parseCidr(`${address}/${bits}`)
  } catch {
    return undefined
  }
}
