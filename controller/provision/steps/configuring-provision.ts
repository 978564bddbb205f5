import type { Step } from '../engine.ts'
import { ours } from '../objects.ts'
import { hostKeys, type Work } from '../work.ts'
import { agentSteps } from './agents.ts'
import { publicAddressSteps } from './public-addresses.ts'

/** CONFIGURING_PROVISION: agents on the hosts, their networks up, public addresses registered. */
export function configuringProvisionSteps(work: Work): Step[] {
  return [
    ...agentSteps(work),
    ...publicAddressSteps(work),
    {
      name: 'hosts enabled',
      needs: hostKeys(work.inputs).map((host) => `${host} enrolled`),
      run: () => enableHosts(work),
    },
  ]
}

/** Off and on again, so that oned monitors a host now that has something to answer. */
async function enableHosts(work: Work): Promise<void> {
  const { hosts } = work.ports.opennebula
  for (const { id, state } of ours(work, await hosts.list())) {
    if (state === 'MONITORED' || state === 'MONITORING_MONITORED') continue
    await hosts.status(id, 'offline')
    await hosts.status(id, 'enable')
  }
}
