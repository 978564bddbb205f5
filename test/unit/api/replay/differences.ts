import type { Recorded } from '../support.ts'
import type { Answer } from './world.ts'

/** One place where an answer is not the recorded one. */
export interface Difference {
  /** In which recording: `driver-scaleway`. */
  readonly recording: string
  /** `status`, `type`, `text`, or members from the outside in, documents without their envelope. */
  readonly path: string
  readonly recorded: unknown
  readonly here: unknown
}

/**
 * Status, media type, keys and types as recorded; values too, unless they are ids, times, names, addresses or
 * words about them, of which only the words count.
 */
export function compare(recording: string, recorded: Recorded, here: Answer): Difference[] {
  const found: Difference[] = []
  const add = (path: string, then: unknown, now: unknown) =>
    found.push({ recording, path, recorded: then, here: now })
  // with another status all the rest is another answer too
  if (recorded.status !== here.status) {
    add('status', recorded.status, here.text)
    return found
  }
  const [thenType, nowType] = [mediaType(recorded.type), mediaType(here.type)]
  if (thenType !== nowType) add('type', thenType, nowType)
  const [then, now] = [jsonOf(recorded.text), jsonOf(here.text)]
  if (then === undefined || now === undefined) {
    if (recorded.text !== here.text.trim()) add('text', recorded.text, here.text)
  } else {
    walk(then, now, '', add)
    if (namedTwice(then) !== namedTwice(now)) add('NAME', namedTwice(then), namedTwice(now))
  }
  return found
}

/** Whether OpenNebula calls a document by another name than the document does itself. */
function namedTwice(answer: unknown): boolean {
  const { DOCUMENT } = answer as { DOCUMENT?: { NAME: string; TEMPLATE: Record<string, Named> } }
  if (DOCUMENT === undefined) return false
  return Object.values(DOCUMENT.TEMPLATE).some(({ name }) => name !== DOCUMENT.NAME)
}

interface Named {
  readonly name: string
}

type Add = (path: string, recorded: unknown, here: unknown) => void

function walk(then: unknown, now: unknown, path: string, add: Add): void {
  if (kindOf(then) !== kindOf(now)) add(path, then, now)
  else if (Array.isArray(then)) walkList(then, now as unknown[], path, add)
  else if (typeof then === 'object' && then !== null) walkMembers(then, now as object, path, add)
  else if (!sameValue(then, now, path)) add(path, then, now)
}

function sameValue(then: unknown, now: unknown, path: string): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1)
  if (free.has(name) || isInput(path) || /^historic\..*\.description$/.test(path)) return true
  return words.has(name) ? withoutNumbers(then) === withoutNumbers(now) : then === now
}

function walkMembers(then: object, now: object, path: string, add: Add): void {
  const [left, right] = [byName(then), byName(now)]
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const inside = envelope.has(name) ? path : path === '' ? name : `${path}.${name}`
    if (left.has(name) && right.has(name)) walk(left.get(name), right.get(name), inside, add)
    else add(inside, left.get(name), right.get(name))
  }
}

/** Of plain values all count; of objects one of each name, for how many there are is what was asked for. */
function walkList(then: readonly unknown[], now: readonly unknown[], path: string, add: Add): void {
  const objects = [...then, ...now].some((one) => typeof one === 'object' && one !== null)
  if (!objects) {
    const ids = [...then, ...now].every((one) => /^\d+$/.test(String(one)))
    if (!ids && JSON.stringify(then) !== JSON.stringify(now)) add(path, then, now)
    return
  }
  const [left, right] = [labelled(then), labelled(now)]
  for (const label of new Set([...left.keys(), ...right.keys()])) {
    const inside = [path, label].filter((part) => part !== '').join('.')
    if (left.has(label) && right.has(label)) walk(left.get(label), right.get(label), inside, add)
    else add(inside, left.get(label), right.get(label))
  }
}

const envelope = new Set(['DOCUMENT', 'TEMPLATE', 'PROVIDER_BODY', 'PROVISION_BODY'])
/** Ids, times, names and addresses, and the lines of logs, which are each program's own. */
const free = new Set([
  ...['ID', 'UID', 'GID', 'NAME', 'id', 'name', 'provider_id', 'resource_id', 'ar_id', 'ip', 'pos'],
  ...['time', 'registration_time', 'total_lines', 'total_pages', 'text', 'level'],
])
/** Texts with ids and times in them. */
const words = new Set(['message', 'description', 'reason'])

/** The values that were asked for; which there are is told by their names. */
function isInput(path: string): boolean {
  return /(^|\.)(user_inputs_values|tags)\./.test(path)
}

function withoutNumbers(text: unknown): string {
  return String(text).replaceAll(/\d+/g, '#')
}

function byName(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).map(([name, member]) => [numberless(name), member]))
}

function numberless(name: string): string {
  return /^\d+$/.test(name) ? '#' : name
}

/** The first of each name, without what is only its own in it. */
function labelled(all: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const one of all) {
    const label = labelOf(one)
    if (!found.has(label)) found.set(label, one)
  }
  return found
}

function labelOf(one: unknown): string {
  const { name, action, DOCUMENT } = one as Record<string, never>
  if (DOCUMENT) return driverOf(DOCUMENT)
  return String(action ?? name ?? '')
    .replace(/ \(provision_\d+\)$/, '')
    .replaceAll(/\d+(\.\d+){3}/g, 'address')
}

function driverOf({ TEMPLATE }: { TEMPLATE: Record<string, { driver?: string }> }): string {
  return Object.values(TEMPLATE)[0]?.driver ?? ''
}

function mediaType(type: string | undefined): string | undefined {
  return type?.split(';')[0]
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
