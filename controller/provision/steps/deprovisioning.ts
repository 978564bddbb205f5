import { runSteps, undoSteps } from '../engine.ts'
import { hostKeys } from '../members.ts'
import type { Work } from '../work.ts'
import { applyingSteps } from './applying.ts'

/**
 * DEPROVISIONING: what OpenNebula's drivers did not release, then the steps of APPLYING backwards,
 * for every server that carries the tags and not only for those asked for; at the end the tags prove
 * that nothing is left.
 */
export async function deprovision(work: Work): Promise<void> {
  const { hardware, tools, ports, body, id } = work
  await runSteps(
    [{ name: 'flexible IPs', run: ({ tell }) => hardware.releaseFlexibleIps(tell) }],
    tools,
  )
  const servers = await hardware.findServers()
  const keys = new Set([...hostKeys(work), ...servers.map(({ key }) => key)])
  await undoSteps(applyingSteps(work, [...keys]), tools)
  await runSteps(
    [
      { name: 'nothing left', run: () => hardware.proveEmpty() },
      {
        name: 'provider',
        needs: ['nothing left'],
        run: async () => {
          await ports.providers.update(body.provider_id, (draft) => {
            draft.provision_ids = draft.provision_ids.filter((one) => one !== id)
            return undefined
          })
        },
      },
    ],
    tools,
  )
}
