import {
  engine,
  type ProvisionBody,
  type StateName,
  stateName,
} from '../../../controller/documents/index.ts'
import type { World } from '../world/world.ts'

const provisionType = 104

export interface Provision {
  readonly id: number
  readonly body: ProvisionBody
  readonly state: StateName
}

/** Our provisions as OpenNebula keeps them, newest first; what was allocated and never written is none. */
export function provisionsIn({ one }: Pick<World, 'one'>): Provision[] {
  return one.state.documents
    .newestFirst()
    .filter(({ type }) => type === provisionType)
    .flatMap(({ id, template }) => {
      const body = JSON.parse(template.text('PROVISION_BODY') ?? '{}') as ProvisionBody
      return body.engine === engine ? [{ id, body, state: stateName(body.state) }] : []
    })
}

/** The one provision there is; undefined before it is. Throws when there are several. */
export function onlyProvision(world: Pick<World, 'one'>): Provision | undefined {
  const [provision, ...more] = provisionsIn(world)
  if (more.length > 0) throw new Error(`${more.length + 1} provisions where one should be`)
  return provision
}

/** What the provision's history says of its last failure. */
export function lastFailure({ body }: Provision): string | undefined {
  return body.historic.findLast(({ action }) => action === 'Failure')?.description
}
