import type { Step, StepTalk } from '../engine.ts'
import type { Work } from '../work.ts'
import { have, type Made } from './made.ts'

export function gatewaySteps({ hardware, inputs, ports, body }: Work, made: Made): Step[] {
  return [
    {
      name: 'gateway address',
      run: async () => {
        made.gatewayIpId = (await hardware.ensureGatewayIp()).id
      },
      undo: () => hardware.releaseGatewayIps(),
    },
    {
      name: 'gateway',
      needs: ['gateway address'],
      run: async ({ tell }) => {
        const ipId = have(made.gatewayIpId, 'gateway address')
        made.gatewayId = await hardware.ensureGateway(inputs.gatewayType, ipId, tell)
      },
      undo: ({ tell }) => hardware.releaseGateways(tell),
    },
    {
      name: 'gateway network',
      needs: ['gateway', 'private network'],
      run: async ({ tell }) => {
        const gatewayId = have(made.gatewayId, 'gateway')
        const networkId = have(made.networkId, 'private network')
        await hardware.ensureGatewayNetwork(gatewayId, networkId, tell)
      },
      undo: ({ tell }) => hardware.releaseGatewayNetworks(tell),
    },
    ...(inputs.bastion
      ? [
          {
            name: 'gateway bastion',
            // Every change keeps the gateway busy; and switched on, it knows the keys that are there.
            needs: ['gateway network', 'SSH key'],
            run: async ({ tell }: StepTalk) => {
              const gatewayId = have(made.gatewayId, 'gateway')
              // Made by others, it may have been restricted by hand.
              const keepNarrow = body.stock_keys !== undefined
              const { management } = ports.hosts
              await hardware.ensureBastion(gatewayId, management, tell, { keepNarrow })
            },
          },
        ]
      : []),
  ]
}
