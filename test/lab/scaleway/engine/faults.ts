export interface FaultMatch {
  readonly method?: string
  readonly pathRegex?: string
  /** Fires from the nth match on (1 = the first). */
  readonly nth?: number
  readonly project?: string
}

/** One action by its name with its parameters: `{ status: { code: 503 } }`, `{ hang: {} }`. */
export interface FaultOrder {
  readonly id: string
  readonly action: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly match: FaultMatch
  /** How often it still fires; Infinity for always. */
  left: number
  seen: number
}

export interface FaultSubject {
  readonly method: string
  readonly path: string
  readonly project: string | undefined
}

/** Faults under order. Transport faults match requests, state faults are taken where they would happen. */
export interface Faults {
  readonly orders: FaultOrder[]
  add(order: Omit<FaultOrder, 'seen'>): void
  /** The first transport fault for this request, counted down. */
  forRequest(subject: FaultSubject): FaultOrder | undefined
  /** The first state fault of that name whose settings suit, counted down. */
  take(
    action: string,
    suits?: (settings: FaultOrder['settings']) => boolean,
  ): FaultOrder | undefined
  clear(): void
}

export const transportActions = [
  'status',
  'html502',
  'latency',
  'hang',
  'reset',
  'lostResponse',
  'rateLimit',
  'wrongContentType',
] as const

export const stateActions = [
  'installError',
  'installStuck',
  'deliveryError',
  'outOfStockLate',
  'create500',
  'pnAttachError',
  'fipError',
  'gatewayFailed',
] as const

export function createFaults(): Faults {
  const orders: FaultOrder[] = []
  const transport = new Set<string>(transportActions)

  function fire(order: FaultOrder): FaultOrder | undefined {
    order.seen += 1
    if (order.seen < (order.match.nth ?? 1) || order.left <= 0) return undefined
    order.left -= 1
    return order
  }

  return {
    orders,
    add: (order) => void orders.push({ ...order, seen: 0 }),
    forRequest: (subject) =>
      first(orders, (order) =>
        transport.has(order.action) && matches(order.match, subject) ? fire(order) : undefined,
      ),
    take: (action, suits = () => true) =>
      first(orders, (order) =>
        order.action === action && suits(order.settings) ? fire(order) : undefined,
      ),
    clear: () => void orders.splice(0),
  }
}

function matches(match: FaultMatch, { method, path, project }: FaultSubject): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.pathRegex === undefined || new RegExp(match.pathRegex).test(path)) &&
    (match.project === undefined || match.project === project)
  )
}

function first<A, B>(items: readonly A[], pick: (item: A) => B | undefined): B | undefined {
  for (const item of items) {
    const picked = pick(item)
    if (picked !== undefined) return picked
  }
  return undefined
}
