import { setTimeout as pause } from 'node:timers/promises'
import { simulatedKey, simulatedProject } from '../scaleway/index.ts'
import type { Lab } from './lab.ts'

/** A connection to the simulated cloud, as a user would give it. */
export const labConnection = {
  access_key: simulatedKey.accessKey,
  secret_key: simulatedKey.secretKey,
  project_id: simulatedProject,
  region: 'fr-par',
  zone: 'fr-par-2',
} as const

/** Registers the simulated cloud through `edgectl`; answers the provider's id. */
export async function createProvider(lab: Lab): Promise<number> {
  const input = JSON.stringify({ name: 'lab', connection_values: labConnection })
  const made = await lab.edgectl(['provider', 'create', 'scaleway', '-'], { input })
  if (made.code !== 0) throw new Error(`edgectl provider create: ${made.stderr}`)
  return idIn(made.stdout)
}

export interface ProvisionWish {
  readonly provider: number
  readonly hosts: number
  readonly publicIps: number
}

/** `edgectl provision create`; answers the id once it ended. Throws when it did not end in RUNNING. */
export async function createProvision(
  lab: Lab,
  { provider, hosts, publicIps }: ProvisionWish,
  { wait = true, onProgress = (_line: string): void => {} } = {},
): Promise<number> {
  const inputs = [`oneform_hosts=${hosts}`, `instance_public_ips=${publicIps}`]
  const args = [
    ...['provision', 'create', 'scaleway', '--provider-id', `${provider}`],
    ...inputs.flatMap((input) => ['--input', input]),
    ...(wait ? [] : ['--no-wait']),
  ]
  const { code, stdout, stderr } = await lab.edgectl(args, { onProgress })
  if (code !== 0) throw new Error(`edgectl provision create: exit code ${code}: ${stderr}`)
  return idIn(stdout)
}

/** The state `edgectl provision show` tells; undefined when there is no such provision any more. */
export async function provisionState(lab: Lab, provision: number): Promise<string | undefined> {
  const { code, stdout } = await lab.edgectl(['provision', 'show', `${provision}`, '--json'])
  if (code !== 0) return undefined
  return /"state":\s*"([A-Z_]+)"/.exec(stdout)?.[1]
}

/** Waits for one of these states, or for the provision to be gone when `undefined` is among them. */
export async function waitForState(
  lab: Lab,
  provision: number,
  wanted: readonly (string | undefined)[],
  withinMs = 300_000,
): Promise<string | undefined> {
  const until = performance.now() + withinMs
  while (true) {
    const state = await provisionState(lab, provision)
    if (wanted.includes(state)) return state
    if (state?.endsWith('_FAILURE')) throw new Error(`Provision ${provision} is ${state}`)
    if (performance.now() > until) throw new Error(`Provision ${provision} is still ${state}`)
    await pause(200)
  }
}

function idIn(text: string): number {
  const [, id] = /"?ID"?\s*:\s*"?(\d+)/.exec(text) ?? []
  if (id === undefined) throw new Error(`No ID in: ${text}`)
  return Number(id)
}
