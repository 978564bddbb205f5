import { checkAddressRanges } from '../address-ranges.ts'
import type { Step } from '../engine.ts'
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
    {
      name: 'address ranges',
      run: async () => {
        const networks = await work.ports.opennebula.networks.list()
        const mine = new Set(ours(work, networks))
        const others = networks.filter((network) => !mine.has(network))
        checkAddressRanges(others, inputs.cidr)
      },
    },
  ]
}
