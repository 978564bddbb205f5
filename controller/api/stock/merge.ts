/** Joins a list of the stock server to ours of the same route. */
export type Merge = (ours: readonly unknown[], theirs: readonly unknown[]) => unknown[]

/** Ours first; of a driver that both have, ours. */
export const mergeDrivers: Merge = (ours, theirs) => {
  const known = new Set(ours.map(driverName))
  return [...ours, ...theirs.filter((driver) => !known.has(driverName(driver)))]
}

/**
 * The newest first. The stock server lists ours too, since all are documents of one OpenNebula: those are dropped,
 * also where we leave them out on purpose.
 */
export const mergeDocuments: Merge = (ours, theirs) => {
  const known = new Set(ours.map(idOf))
  const foreign = theirs.filter((one) => !known.has(idOf(one)) && engineOf(one) !== 'edgectl')
  return [...ours, ...foreign].toSorted((a, b) => Number(idOf(b)) - Number(idOf(a)))
}

interface Listed {
  readonly name?: unknown
  readonly DOCUMENT?: {
    readonly ID?: unknown
    readonly TEMPLATE?: Readonly<Record<string, { readonly engine?: unknown } | undefined>>
  }
}

function driverName(driver: unknown): string {
  return String((driver as Listed | null)?.name).toLowerCase()
}

function idOf(one: unknown): string {
  return String((one as Listed | null)?.DOCUMENT?.ID)
}

function engineOf(one: unknown): unknown {
  const { PROVIDER_BODY, PROVISION_BODY } = (one as Listed | null)?.DOCUMENT?.TEMPLATE ?? {}
  return (PROVIDER_BODY ?? PROVISION_BODY)?.engine
}
