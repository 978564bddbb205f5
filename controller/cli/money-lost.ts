import type { ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { confirmed } from './confirm.ts'
import { Declined, failed } from './failure.ts'

/**
 * Says before servers go that are paid by the month that nothing is given back, and asks where somebody
 * is there to be asked; others have written down what they want.
 */
export async function mustBeWorthIt(client: Client, provision: string): Promise<void> {
  const shown = await client.call<ProvisionAnswer>('GET', `/provisions/${provision}`)
  const { billing } = shown.TEMPLATE.PROVISION_BODY.user_inputs_values
  if (billing !== 'monthly') return
  const { stdin, stderr } = process
  const text = `Servers of provision ${provision} are paid by the month; what is paid is not given back`
  stderr.write(`${text}\n`)
  if (!stdin.isTTY) return
  if (!(await confirmed('Go on?', { input: stdin, output: stderr })))
    throw new Declined('Nothing was changed', failed)
}
