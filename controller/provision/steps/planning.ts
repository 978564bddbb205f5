import { checkAddressRanges, neighbourWarnings } from '../address-ranges.ts'
import type { Step } from '../engine.ts'
import { neighboursOf } from '../neighbours.ts'
import { ours } from '../objects.ts'
import type { Work } from '../work.ts'

/** PLANNING: can it be delivered, and does its network collide with another? Spends nothing. */
export function planningSteps(work: Work): Step[] {
  const { hardware, inputs, ports } = work
  return [
    {
      name: 'plan',
      run: async ({ tell }) => {
        const [plan, provisions] = await Promise.all([
          hardware.plan(inputs, (problems) =>
            problems.look('cidr_block', () => checkNetworks(work)),
          ),
          ports.provisions.list(),
        ])
        const neighbours = neighbourWarnings(neighboursOf(provisions, work.id), inputs.cidr)
        for (const line of plan.lines) work.log('info', `To be created: ${line}`)
        for (const warning of [...plan.warnings, ...neighbours]) work.log('warn', warning)
        const { perHour, perMonth, currency } = plan.total
        tell(`${perHour} ${currency} per hour, ${perMonth.toFixed(2)} per month`)
      },
    },
  ]
}

async function checkNetworks({ body, ports, inputs }: Work): Promise<void> {
  const networks = await ports.opennebula.networks.list()
  const mine = new Set(ours({ body }, networks))
  checkAddressRanges(
    networks.filter((network) => !mine.has(network)),
    inputs.cidr,
  )
}
