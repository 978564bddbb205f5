import { Flags } from '@oclif/core'
import type { Client } from './client.ts'
import { watchWork } from './work.ts'

/** What becomes of virtual machines on hosts that go; without either they are in the way. */
export const guestFlags = {
  migrate: Flags.boolean({
    summary: 'move virtual machines to the hosts that stay, those that run without a stop',
    exclusive: ['force'],
  }),
  force: Flags.boolean({ summary: 'terminate virtual machines that are there' }),
}

export const waiting = (until: string) => ({
  wait: Flags.boolean({ summary: `wait ${until}`, default: true, allowNo: true }),
})

/** Asks for a change of a provision and shows its progress until it is RUNNING again. */
export async function changed(
  client: Client,
  provision: string,
  route: string,
  body: object,
  wait: boolean,
): Promise<{ id: number }> {
  const start = async () => {
    await client.call('POST', `/provisions/${provision}/${route}`, body)
  }
  if (wait) await watchWork({ client, provision, wanted: ['RUNNING'], start })
  else await start()
  return { id: Number(provision) }
}
