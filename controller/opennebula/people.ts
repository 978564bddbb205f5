import { allAt } from '../../lib/opennebula/index.ts'
import { createCaller } from './caller.ts'
import type { OpenNebulaOptions } from './create-opennebula.ts'
import { idOf, nameOf } from './read.ts'
import { createTransport } from './transport.ts'

export interface People {
  /** Undefined when nobody has that name. */
  idOf(person: 'user' | 'group', name: string): Promise<number | undefined>
  close(): void
}

const pools = {
  user: { method: 'one.userpool.info', element: 'USER' },
  group: { method: 'one.grouppool.info', element: 'GROUP' },
} as const

/** OpenNebula's users and groups by their names, as far as the session may see them. */
export function createPeople({ endpoint, session, timeoutMs }: OpenNebulaOptions): People {
  const transport = createTransport(endpoint, timeoutMs ?? 30_000)
  const caller = createCaller(transport, session)
  return {
    async idOf(person, name) {
      const { method, element } = pools[person]
      const pool = await caller.read(method)
      const found = allAt(pool, element).find((one) => nameOf(one) === name)
      return found && idOf(found)
    },
    close: () => transport.close(),
  }
}
