import { engine } from './bodies.ts'
import { fault } from './faults.ts'
import { createSerial } from './serial.ts'
import type { DocumentStore, StoredDocument } from './store.ts'

export type DriverState = 'ENABLED' | 'DISABLED'

/** Which drivers an administrator has switched off. */
export interface DriverStates {
  state(driver: string): Promise<DriverState>
  /** Throws EDGE_DRIVER_STATE when it is in that state already. */
  set(driver: string, state: DriverState): Promise<void>
}

interface Body {
  engine: typeof engine
  kind: 'drivers'
  disabled: string[]
}

/** A document of its own: writing to the controller document could undo another controller's epoch. */
const documentType = 106
const attribute = 'PROVIDER_BODY'

interface Owner {
  user(): Promise<{ readonly id: number }>
}

/**
 * Kept in OpenNebula, where a new disk or another front-end finds it, and read anew each time. While no
 * driver was ever switched off there is no document. Those of other users are not looked at.
 */
export function createDriverStates(one: DocumentStore & Owner): DriverStates {
  const serial = createSerial()
  return {
    state: async (driver) => stateIn(await read(one), driver),
    set: (driver, state) =>
      serial(0, async () => {
        const document = await read(one)
        if (stateIn(document, driver) === state) {
          const message = `Driver ${driver} is already ${state.toLowerCase()}`
          throw fault('EDGE_DRIVER_STATE', message)
        }
        const others = bodyOf(document).disabled.filter((name) => name !== driver)
        await write(one, document, state === 'DISABLED' ? [...others, driver] : others)
      }),
  }
}

async function read(one: DocumentStore & Owner): Promise<StoredDocument | undefined> {
  const all = await one.documents.list(documentType)
  if (all.length === 0) return undefined
  const { id: uid } = await one.user()
  const mine = all.filter(({ owner }) => owner.uid === uid)
  return mine.sort((a, b) => a.id - b.id)[0]
}

async function write(
  one: DocumentStore,
  document: StoredDocument | undefined,
  disabled: string[],
): Promise<void> {
  const body: Body = { engine, kind: 'drivers', disabled }
  if (document) {
    await one.documents.update(document.id, attribute, body)
    return
  }
  const id = await one.documents.create(documentType, 'edgectl drivers', attribute, body)
  await one.documents.chmod(id, '600')
}

function stateIn(document: StoredDocument | undefined, driver: string): DriverState {
  return bodyOf(document).disabled.includes(driver) ? 'DISABLED' : 'ENABLED'
}

function bodyOf(document: StoredDocument | undefined): Body {
  if (document === undefined) return { engine, kind: 'drivers', disabled: [] }
  const { kind, disabled } = (document.body ?? {}) as Partial<Body>
  const names = Array.isArray(disabled) && disabled.every((name) => typeof name === 'string')
  if (kind === 'drivers' && names) return document.body as Body
  throw fault(
    'EDGE_DRIVER_STATES_INVALID',
    `Document ${document.id} does not tell states of drivers`,
  )
}
