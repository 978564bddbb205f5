import { Flags } from '@oclif/core'
import type { Client } from './client.ts'
import { watchWork } from './work.ts'

/** What becomes of virtual machines on hosts that go; without either they are in the way. */
export const guestFlags = {
  migrate: Flags.boolean({
    summary: 'move virtual machines to the hosts that stay, those that run without a stop',
    exclusive: ['force'],
  }),
  force: Flags.boolean({ char: 'f', summary: 'terminate virtual machines that are there' }),
}

export const waiting = (until: string) => ({
  wait: Flags.boolean({ summary: `wait ${until}; edgectl does unless told`, allowNo: true }),
})

export interface Change {
  readonly client: Client
  readonly provision: string
  readonly route: string
  readonly body: object
}

/** Asks for a change of a provision and shows its progress until it is RUNNING again. */
export async function changed(change: Change, wait: boolean): Promise<{ id: number }> {
  const { client, provision, route, body } = change
  const start = async () => {
    await client.call('POST', `/provisions/${provision}/${route}`, body)
  }
  if (wait) await watchWork({ client, provision, wanted: ['RUNNING'], start })
  else await start()
  return { id: Number(provision) }
}

/** Registering addresses takes minutes, and many of them many. */
const addressesWithinMs = 3_600_000

/**
 * The same for addresses, which the stock server answers only when they have come or gone: `answer` waits
 * for that, and needs no event stream.
 */
export async function addressesChanged(
  change: Change,
  wait: boolean | 'answer',
): Promise<{ id: number }> {
  const { client, provision, route, body } = change
  if (wait !== 'answer') return await changed({ ...change, body: { ...body, wait: false } }, wait)
  const path = `/provisions/${provision}/${route}`
  await client.call('POST', path, body, { timeoutMs: addressesWithinMs })
  return { id: Number(provision) }
}
