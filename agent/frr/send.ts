import type { Delta } from './delta.ts'
import { fault } from './faults.ts'
import type { Line } from './sections.ts'
import { openVty, type Vty } from './vty.ts'

/** Sends a delta to its daemon. Throws EDGE_FRR_REFUSED naming the first line it did not take. */
export async function sendDelta(runDirectory: string, { daemon, commands }: Delta): Promise<void> {
  if (commands.length === 0) return
  const vty = await openVty(runDirectory, daemon)
  try {
    await demand(vty, 'enable')
    await demand(vty, 'configure terminal')
    let entered: readonly string[] = []
    for (const { path, text } of commands) {
      entered = await enter(vty, entered, path)
      await demand(vty, text)
      if (opener.test(text)) entered = [...path, text]
    }
  } finally {
    vty.close()
  }
}

/** Lines that open a section when typed. */
const opener = /^(router bgp |address-family |route-map |bfd$|profile |peer )/

async function enter(
  vty: Vty,
  entered: readonly string[],
  path: readonly string[],
): Promise<readonly string[]> {
  if (entered.join('\n') === path.join('\n')) return path
  await demand(vty, 'end')
  await demand(vty, 'configure terminal')
  for (const section of path) await demand(vty, section)
  return path
}

async function demand(vty: Vty, command: string): Promise<void> {
  const { text, code } = await vty.ask(command)
  if (code === 0) return
  throw fault('EDGE_FRR_REFUSED', `FRR refused "${sayable(command)}"`, {
    answer: text.trim().slice(0, 300),
  })
}

/** A command as it may be shown: without the session password. */
export function sayable(command: string): string {
  return command.replace(/( password ).*/, '$1******')
}

/** A line of a delta in one sentence. */
export function sentenceOfLine({ path, text }: Line): string {
  return [...path, sayable(text)].join(' / ')
}
