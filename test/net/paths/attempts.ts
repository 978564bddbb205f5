import { setTimeout as sleep } from 'node:timers/promises'
import { sendFrames, vxlan } from './frames.ts'
import { newToken, type Party, type Site } from './site.ts'

/**
 * How a packet is tried; says what it saw. Ends as soon as something got through, and says that
 * nothing did when its patience is over.
 */
export type Attempt = (site: Site, patienceMs: number) => Promise<string>

type Sender = Exclude<Party, 'router'>

const pauseMs = 100

export function icmp(from: Party, to: string): Attempt {
  return ({ ask }, patienceMs) => ask(from, { kind: 'icmp', to, patienceMs })
}

export function tcp(from: Party, to: string, port: number): Attempt {
  return ({ ask }, patienceMs) => ask(from, { kind: 'tcp', to, port, patienceMs })
}

/** Whether it arrives counts, not only whether an answer finds back. */
export function udp(from: Party, to: string, port: number): Attempt {
  return async ({ ask, arrival }, patienceMs) => {
    const token = newToken()
    const payload = Buffer.from(token).toString('base64')
    const seen = await ask(from, { kind: 'udp', to, port, payload, patienceMs })
    if (seen !== 'drops') return seen
    const source = await arrival(token)
    return source === null ? 'drops' : `source ${source}`
  }
}

/** By its name: `icmp`, `tcp 80`, `udp 53`. */
export function attempt(from: Party, to: string, probe: string): Attempt {
  const [kind, port] = probe.split(' ')
  if (kind === 'icmp') return icmp(from, to)
  return (kind === 'tcp' ? tcp : udp)(from, to, Number(port))
}

/** Sends what `frame` makes around a text in a VXLAN header, and looks whether it comes out anywhere. */
export function tunnelled(
  from: Party,
  to: string,
  vni: number,
  frame: (text: string) => Buffer,
): Attempt {
  return async (site, patienceMs) => {
    const token = newToken()
    const payload = vxlan(vni, frame(token)).toString('base64')
    const sending = site.ask(from, { kind: 'udp', to, port: 4789, payload, patienceMs })
    const seen = await arrivalOf(site, token, patienceMs)
    if (seen === 'drops') await sending
    return seen
  }
}

/** Sends a frame that claims what it likes, and looks whether the datagram in it arrives anywhere. */
export function forged(
  from: Sender,
  frame: (text: string, site: Site) => Buffer | Promise<Buffer>,
): Attempt {
  return async (site, patienceMs) => {
    const token = newToken()
    const made = await frame(token, site)
    // Twice: the first may have found a neighbour unresolved.
    await sendFrames(site.machine(from), [made, made])
    return arrivalOf(site, token, patienceMs)
  }
}

/**
 * Sends frames again and again that want something changed: `stays` while `isRight` says so, `moves`
 * when they were believed. `first` brings about what there is to change.
 */
export function claimed(
  from: Sender,
  frames: (site: Site) => readonly Buffer[],
  isRight: (site: Site) => Promise<boolean>,
  first: Attempt,
): Attempt {
  return async (site, patienceMs) => {
    if (!(await comesTrue(site, isRight, first))) return 'wrong from the start'
    const until = Date.now() + patienceMs
    while (Date.now() < until) {
      await sendFrames(site.machine(from), frames(site))
      await sleep(pauseMs)
      if (!(await isRight(site))) return 'moves'
    }
    return 'stays'
  }
}

/** What a probe before this one may have left is put right by traffic, in its time. */
async function comesTrue(
  site: Site,
  isRight: (site: Site) => Promise<boolean>,
  first: Attempt,
): Promise<boolean> {
  for (let left = 5; left > 0; left--) {
    await first(site, 10_000)
    if (await isRight(site)) return true
  }
  return false
}

async function arrivalOf({ arrival }: Site, token: string, patienceMs: number): Promise<string> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const source = await arrival(token)
    if (source !== null) return `source ${source}`
    await sleep(pauseMs)
  }
  return 'drops'
}
