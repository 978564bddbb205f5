import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'
import type { Made } from './made.ts'

export function sshKeySteps({ hardware, ports, body }: Work, made: Made): Step[] {
  return [
    {
      name: 'SSH key',
      run: async () => {
        made.sshKeyId = await hardware.ensureSshKey(ports.keys.controllerKey(body.uuid))
      },
      undo: async () => {
        await hardware.releaseSshKeys()
        for (const key of body.stock_keys ?? []) await hardware.releaseNamedKey(key)
      },
    },
  ]
}
