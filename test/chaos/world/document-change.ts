import { type ProvisionBody, stateName } from '../../../controller/documents/index.ts'
import type { OnedCall, StandIn } from '../../lab/opennebula/index.ts'

const kinds: Readonly<Record<number, string>> = { 103: 'provider', 104: 'provision', 105: 'own' }

/** What a call changes in a document, in words that do not depend on ids; undefined for other calls. */
export function documentChange(
  { method, parameters }: OnedCall,
  { documents }: StandIn['state'],
): string | undefined {
  const [first, second] = parameters
  if (method === 'one.document.allocate') return kinds[Number(second)]
  if (!method.startsWith('one.document.')) return undefined
  const document = documents.find(Number(first))
  if (!document) return 'unknown'
  const kind = kinds[document.type] ?? 'unknown'
  if (method !== 'one.document.update' || document.type !== 104) return kind
  const before = parsed(document.template.text('PROVISION_BODY') ?? '{}')
  const after = parsed(/<!\[CDATA\[(.*)\]\]>/s.exec(String(second))?.[1] ?? '{}')
  return `${kind} ${difference(before, after)}`
}

type Body = Partial<ProvisionBody>

function difference(before: Body, after: Body): string {
  if (after.state !== undefined && before.state !== after.state)
    return `to ${stateName(after.state)}`
  const last = after.historic?.at(-1)
  if (last && (after.historic?.length ?? 0) > (before.historic?.length ?? 0))
    return `history: ${last.action} ${last.description.replace(/[\d.]+/g, '#')}`
  const parts = (
    ['cluster', 'hosts', 'networks', 'network_templates', 'datastores'] as const
  ).filter(
    (part) =>
      JSON.stringify(before.one_objects?.[part]) !== JSON.stringify(after.one_objects?.[part]),
  )
  if (JSON.stringify(before.scaling) !== JSON.stringify(after.scaling))
    return 'what is to come and go'
  return parts.length > 0 ? `objects: ${parts.join(', ')}` : 'otherwise'
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body
  } catch {
    return {}
  }
}
