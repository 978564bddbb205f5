import { Args } from '@oclif/core'
import type { DriverAnswer } from './answers.ts'
import type { Client } from './client.ts'

export const driverArgument = Args.string({
  description: 'name of the driver: scaleway',
  required: true,
})

export function driverPath(name: string): string {
  return `/drivers/${encodeURIComponent(name)}`
}

/** What a driver asks for. Throws a Failure when there is none of that name. */
export async function driverOf(client: Client, name: string): Promise<DriverAnswer> {
  return await client.call('GET', driverPath(name))
}
