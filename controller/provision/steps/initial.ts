import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'

/** INIT: is the key good, and does it see what it will need? Inputs were parsed to get here. */
export function initialSteps(work: Work): Step[] {
  const { hardware, ports, body, id } = work
  return [
    { name: 'credentials', run: () => hardware.checkAccess() },
    {
      name: 'provider',
      // Clients show a provider's provisions from its own document.
      run: async () => {
        await ports.providers.update(body.provider_id, (draft) => {
          if (!draft.provision_ids.includes(id)) draft.provision_ids.push(id)
          return undefined
        })
      },
    },
  ]
}
