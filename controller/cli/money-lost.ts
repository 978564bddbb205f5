import type { ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { confirmed, inPerson, somebodyIsThere } from './confirm.ts'
import { Declined, failed } from './failure.ts'

/** What is to be known before servers go that are paid by the month; undefined where none are. */
export function moneyLost({ ID, TEMPLATE }: ProvisionAnswer): string | undefined {
  if (TEMPLATE.PROVISION_BODY.user_inputs_values['billing'] !== 'monthly') return undefined
  return `Servers of provision ${ID} are paid by the month; what is paid is not given back`
}

/**
 * Says before servers go that are paid by the month that nothing is given back, and asks where somebody
 * is there to be asked; others, and who said yes before, have written down what they want.
 */
export async function mustBeWorthIt(
  client: Client,
  provision: string,
  { yes = false }: { readonly yes?: boolean } = {},
): Promise<void> {
  const lost = moneyLost(await client.call('GET', `/provisions/${provision}`))
  if (lost === undefined) return
  if (yes || !somebodyIsThere()) {
    process.stderr.write(`${lost}\n`)
    return
  }
  const meant = await inPerson((dialogue) => {
    dialogue.output.write(`${lost}\n`)
    return confirmed('Go on?', dialogue)
  })
  if (!meant) throw new Declined('Nothing was changed', failed)
}
