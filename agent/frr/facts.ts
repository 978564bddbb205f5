import type { BfdSession, BgpSession, VniHealth } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { bfdIn, sessionsIn, vnisIn } from './answers.ts'
import { fault } from './faults.ts'
import { type Daemon, openVty } from './vty.ts'

/** What FRR says of itself, for the health report. */
export interface FrrFacts {
  readonly sessions: BgpSession[]
  readonly bfd: BfdSession[]
  readonly vnis: VniHealth[]
  /** Who did not answer, or not as expected, and why; what that daemon knows is missing above. */
  readonly silent: readonly { readonly daemon: Daemon; readonly why: string }[]
}

/** A daemon that hangs must not hold up the report. */
const patienceMs = 3000

/** Asks the daemons in `runDirectory`, each by itself: one that is silent hides no other's answer. */
export async function frrFacts(runDirectory: string): Promise<FrrFacts> {
  const silent: { daemon: Daemon; why: string }[] = []
  const heard = async <V>(daemon: Daemon, command: string, read: (text: string) => V[]) => {
    try {
      return read(await ask(runDirectory, daemon, command))
    } catch (error) {
      silent.push({ daemon, why: sentenceOf(error) })
      return []
    }
  }
  const [sessions, bfd, vnis] = await Promise.all([
    heard('bgpd', 'show bgp l2vpn evpn summary json', (text) => sessionsIn(parsed('bgpd', text))),
    heard('bfdd', 'show bfd peers json', (text) => bfdIn(parsed('bfdd', text))),
    heard('zebra', 'show evpn vni json', vnisOf),
  ])
  return { sessions, bfd, vnis, silent }
}

/** Of 500 networks zebra says 80 kB, the same for hours: what it said last is not taken apart again. */
const vnisOf = rememberingLast((text) => vnisIn(parsed('zebra', text)))

function rememberingLast<V>(read: (text: string) => V): (text: string) => V {
  let last: { readonly text: string; readonly value: V } | null = null
  return (text) => {
    if (last?.text !== text) last = { text, value: read(text) }
    return last.value
  }
}

/** The version of the FRR that runs; undefined when zebra does not answer. */
export async function frrVersion(runDirectory: string): Promise<string | undefined> {
  const text = await ask(runDirectory, 'zebra', 'show version').catch(() => '')
  return /FRRouting (\S+)/.exec(text)?.[1]
}

function parsed(daemon: Daemon, text: string): unknown {
  try {
    return JSON.parse(text || '{}')
  } catch (cause) {
    throw fault('EDGE_FRR_REFUSED', `FRR's ${daemon} answered something that is no JSON`, { cause })
  }
}

async function ask(runDirectory: string, daemon: Daemon, command: string): Promise<string> {
  const vty = await openVty(runDirectory, daemon, patienceMs)
  try {
    // bfdd shows its peers to nobody else (FRR 8.4).
    await vty.ask('enable')
    const { text, code } = await vty.ask(command)
    if (code === 0) return text
    throw fault('EDGE_FRR_REFUSED', `FRR refused "${command}"`, { answer: text.trim() })
  } finally {
    vty.close()
  }
}
