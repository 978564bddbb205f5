import { policy } from './render.ts'
import { keyOf, type Line, sections } from './sections.ts'
import type { Daemon } from './vty.ts'

/** Commands for one daemon, in order; each with the sections to enter first. */
export interface Delta {
  readonly daemon: Daemon
  readonly commands: readonly Line[]
}

/**
 * What to send a daemon so that its running configuration says what the wanted text says, in the
 * parts we own; empty when nothing differs. Pure. New lines come before the removal of old ones,
 * except where FRR needs the old one gone first.
 */
export function frrDelta(daemon: Daemon, wanted: string, running: string): Delta {
  const want = owned(daemon, wanted)
  const have = owned(daemon, running)
  const wantKeys = new Set(want.map(keyOf))
  const haveKeys = new Set(have.map(keyOf))
  const haveSlots = new Set(have.map(slotKey))
  const missing = want.filter((line) => !haveKeys.has(keyOf(line)) && !hidden(line, haveSlots))
  const missingSlots = new Set(missing.map(slotKey))
  const surplus = topmost(have.filter((line) => !wantKeys.has(keyOf(line)))).filter(
    (line) => replaceable(line) === undefined || !missingSlots.has(slotKey(line)),
  )
  const first = surplus.filter((line) => mustGoFirst(line, want))
  const last = surplus.filter((line) => !first.includes(line))
  return {
    daemon,
    commands: [...first.map(negated), ...missing, ...last.reverse().map(negated)],
  }
}

/** The sections that are ours, by the daemon that keeps them. */
const ours: Record<Daemon, RegExp> = {
  zebra: /^$/,
  bgpd: new RegExp(
    `^(router bgp |mac access-list ${policy.list} |(no )?route-map (${policy.in}|${policy.out}) )`,
  ),
  bfdd: /^bfd$/,
}

function owned(daemon: Daemon, text: string): Line[] {
  return sections(text).filter(({ path, text: line }) => ours[daemon].test(path[0] ?? line))
}

/** Values FRR does not show because they are its defaults (bfdd: 3 × 300 ms). */
const defaults = new Set(['detect-multiplier 3', 'transmit-interval 300', 'receive-interval 300'])

/** A default is missing only where another value stands in its place. */
function hidden(line: Line, haveSlots: ReadonlySet<string>): boolean {
  return defaults.has(line.text) && !haveSlots.has(slotKey(line))
}

/** Settings with one value, which a new line replaces: the words before the value. */
const single =
  /^(mac access-list \S+ seq \d+|bgp router-id|bgp cluster-id|detect-multiplier|transmit-interval|receive-interval|neighbor \S+ (?:password|update-source|timers connect|timers(?= \d)|bfd profile|route-map \S+(?= (?:in|out)$)))(?= )/

function replaceable({ text }: Line): string | undefined {
  const [words] = single.exec(text) ?? []
  if (words === undefined) return undefined
  // A route-map's slot is its direction; its value stands in the middle.
  return words.includes(' route-map ') ? text.replace(/ route-map \S+ /, ' route-map ') : words
}

function slotKey(line: Line): string {
  return keyOf({ path: line.path, text: replaceable(line) ?? line.text })
}

/** Lines that go with a whole section, peer or peer group need no command of their own. */
function topmost(lines: Line[]): Line[] {
  const gone = new Set(lines.map(keyOf))
  const peers = new Set(lines.flatMap(({ text }) => membership.exec(text)?.[1] ?? []))
  return lines.filter(({ path, text }) => {
    if (path.some((_, depth) => gone.has(path.slice(0, depth + 1).join('\n')))) return false
    return membership.test(text) || !peers.has(/^neighbor (\S+) /.exec(text)?.[1] ?? '')
  })
}

/** `neighbor fabric peer-group` makes a group, `neighbor 10.0.0.1 peer-group fabric` a member. */
const membership = /^neighbor (\S+) peer-group( \S+)?$/

/** FRR has one BGP instance per VRF, and refuses to move a peer between groups. */
function mustGoFirst({ text }: Line, want: readonly Line[]): boolean {
  if (text.startsWith('router bgp ')) return true
  const [, peer] = /^neighbor (\S+) peer-group \S+$/.exec(text) ?? []
  return peer !== undefined && want.some((line) => line.text.startsWith(`neighbor ${peer} `))
}

function negated({ path, text }: Line): Line {
  return { path, text: text.startsWith('no ') ? text.slice(3) : `no ${text}` }
}
