/** What every route has in common that OneForm does not have. */
export const ours = { tag: 'Additions', ours: true } as const

/** How those about one document can fail. */
export const ofDocument = [400, 403, 404, 405]
