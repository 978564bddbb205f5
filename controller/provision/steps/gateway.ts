import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'
import { have, type Made } from './made.ts'

/** 100 Mbit/s, shared by all virtual machines of the cluster that have no address of their own. */
const gatewayType = 'VPC-GW-S'

export function gatewaySteps({ hardware }: Work, made: Made): Step[] {
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
        made.gatewayId = await hardware.ensureGateway(gatewayType, ipId, tell)
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
  ]
}
