import type { Host } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { hostKeys } from '../members.ts'
import { ours } from '../objects.ts'
import type { Work } from '../work.ts'
import { agentSteps } from './agents.ts'
import { givenUpSteps } from './given-up-hosts.ts'
import { publicAddressSteps } from './public-addresses.ts'

/** CONFIGURING_PROVISION: agents on the hosts, their networks up, public addresses registered. */
export function configuringProvisionSteps(work: Work): Step[] {
  const without = givenUpSteps(work)
  const before = without.map(({ name }) => name)
  return [
    ...without,
    ...agentSteps(work, before),
    ...publicAddressSteps(work),
    {
      name: 'hosts enabled',
      needs: [...before, ...hostKeys(work).map((host) => `${host} enrolled`)],
      run: () => enableHosts(work),
    },
  ]
}

/** All hosts of the provision but those. */
export async function enableHosts(work: Work, kept: readonly number[] = []): Promise<void> {
  for (const host of ours(work, await work.ports.opennebula.hosts.list()))
    if (!kept.includes(host.id)) await enableHost(work, host)
}

/** Off and on again, so that oned monitors a host now that has something to answer. */
export async function enableHost(
  { ports }: Pick<Work, 'ports'>,
  { id, state }: Pick<Host, 'id' | 'state'>,
): Promise<void> {
  if (state === 'MONITORED' || state === 'MONITORING_MONITORED') return
  const { hosts } = ports.opennebula
  await hosts.status(id, 'offline')
  await hosts.status(id, 'enable')
}
