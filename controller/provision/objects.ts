import {
  scalarOf,
  type Template,
  type TemplateInput,
  vectorOf,
} from '../../lib/opennebula/index.ts'
import { deleteForGood } from '../opennebula/index.ts'
import { fault } from './faults.ts'
import type { Work } from './work.ts'

/** What all of OpenNebula's objects have for us. */
export interface Found {
  readonly id: number
  readonly name: string
  readonly template: Template
}

export interface WantedObject<T extends Found> {
  /** "cluster", "host host-0", for messages. */
  readonly what: string
  /** Stable within the provision: "private-network". */
  readonly key: string
  list(): Promise<readonly T[]>
  create(): Promise<number>
  /** Marks an object that has just been allocated, where allocating takes no template. */
  mark?(id: number): Promise<void>
  /** An object that was allocated but not marked before the controller died. */
  unmarked?(object: T): boolean
}

/**
 * The provision's object of that key, created if it is not there. Found by EDGE_KEY, never by name
 * alone. When the answer to a create is lost, or somebody was faster, the list decides.
 */
export async function ensureObject<T extends Found>(
  work: Work,
  wanted: WantedObject<T>,
): Promise<T> {
  const there = await find(work, wanted)
  if (there !== undefined) return there
  try {
    const id = await wanted.create()
    await wanted.mark?.(id)
  } catch (error) {
    const shown = await find(work, wanted)
    if (shown === undefined) throw error
  }
  const created = await find(work, wanted)
  if (created === undefined)
    throw fault('EDGE_OBJECT_STUCK', `OpenNebula made the ${wanted.what} and does not show it`)
  await work.record('OpenNebula object created', `${titled(wanted.what)} ${created.id} created`)
  return created
}

/** Objects of the provision among these: they carry EDGE_KEY with its uuid. */
export function ours<T extends Found>(work: Pick<Work, 'body'>, objects: readonly T[]): T[] {
  return objects.filter(({ template }) => keyOf(template)?.startsWith(`${work.body.uuid}/`))
}

/** The object of that key among these; undefined when there is none. */
export function oursByKey<T extends Found>(
  work: Pick<Work, 'body'>,
  objects: readonly T[],
  key: string,
): T | undefined {
  return objects.find(({ template }) => keyOf(template) === edgeKey(work, key))
}

export function keyOf(template: Template): string | undefined {
  return scalarOf(template, 'EDGE_KEY')
}

export function edgeKey({ body }: Pick<Work, 'body'>, key: string): string {
  return `${body.uuid}/${key}`
}

/** The attributes every object carries, as OneForm writes them, and our own key. */
export function marks(work: Work, key: string, resourceId?: string): TemplateInput {
  const labels = Object.entries(work.inputs.tags).filter(([name]) => /^[A-Za-z]\w*$/.test(name))
  return {
    ONEFORM: {
      ...Object.fromEntries(labels.map(([name, value]) => [name.toUpperCase(), value])),
      PROVISION_ID: work.id,
      PROVIDER_ID: work.body.provider_id,
      DRIVER: 'scaleway',
      ...(resourceId === undefined ? {} : { RESOURCE_ID: resourceId }),
    },
    EDGE_KEY: edgeKey(work, key),
  }
}

/** The name OneForm gives; hosts are named by their address instead. */
export function named(work: Work, name: string): string {
  return `${name} (provision_${work.id})`
}

/** True for an object that nobody has marked. */
export function isUnmarked({ template }: Found): boolean {
  return vectorOf(template, 'ONEFORM') === undefined && keyOf(template) === undefined
}

/** Deletes and waits until oned does not know the object any more; some deletes are asynchronous. */
export async function deleteObject(
  work: Work,
  what: string,
  remove: () => Promise<void>,
  get: () => Promise<unknown>,
): Promise<void> {
  const { clock } = work.ports
  const { signal } = work.tools
  if (!(await deleteForGood({ what, remove, get, clock, signal }))) return
  work.log('info', `${titled(what)} deleted`)
  await work.record('OpenNebula object deleted', `${titled(what)} deleted`)
}

async function find<T extends Found>(work: Work, wanted: WantedObject<T>): Promise<T | undefined> {
  const all = await wanted.list()
  const marked = all.filter(({ template }) => keyOf(template) === edgeKey(work, wanted.key))
  if (marked.length > 1) {
    const ids = marked.map(({ id }) => id).join(', ')
    throw fault('EDGE_OBJECT_AMBIGUOUS', `There are ${marked.length} of the ${wanted.what}: ${ids}`)
  }
  if (marked[0] !== undefined) return marked[0]
  const orphan = all.find((object) => isUnmarked(object) && wanted.unmarked?.(object))
  if (orphan === undefined) return undefined
  await wanted.mark?.(orphan.id)
  return orphan
}

function titled(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1)
}
