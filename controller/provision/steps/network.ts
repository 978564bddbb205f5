import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'
import { have, type Made } from './made.ts'

export function networkSteps({ hardware, inputs }: Work, made: Made): Step[] {
  return [
    {
      name: 'VPC',
      run: async () => {
        made.vpcId = await hardware.ensureVpc()
      },
      undo: () => hardware.releaseVpcs(),
    },
    {
      name: 'private network',
      needs: ['VPC'],
      run: async () => {
        const vpcId = have(made.vpcId, 'VPC')
        const network = await hardware.ensurePrivateNetwork(vpcId, inputs.cidr)
        made.networkId = network.id
      },
      undo: () => hardware.releasePrivateNetworks(),
    },
  ]
}
