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
  /** Heals by itself so many simulated milliseconds after it first struck. */
  readonly forMs?: number
  struckMs?: number
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
  /** Until then nobody answers, as if the process were dead; what is under way goes on. */
  downUntilMs: number
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
  'listLag',
  'pageShift',
  'ghost404',
] as const

export const stateActions = [
  'installError',
  'installStuck',
  'deliveryError',
  'outOfStockLate',
  'serverVanished',
  'create500',
  'pnAttachError',
  'fipError',
  'gatewayFailed',
] as const

export function createFaults(now: () => number): Faults {
  const orders: FaultOrder[] = []
  const transport = new Set<string>(transportActions)

  function fire(order: FaultOrder): FaultOrder | undefined {
    order.seen += 1
    if (order.seen < (order.match.nth ?? 1) || order.left <= 0 || hasHealed(order)) return undefined
    order.left -= 1
    order.struckMs ??= now()
    return order
  }

  const hasHealed = ({ forMs, struckMs }: FaultOrder) =>
    forMs !== undefined && struckMs !== undefined && now() - struckMs >= forMs

  return {
    orders,
    downUntilMs: 0,
    add: (order) => void orders.push({ ...order, seen: 0 }),
    forRequest: (subject) =>
      first(orders, (order) =>
        transport.has(order.action) && matches(order.match, subject) ? fire(order) : undefined,
      ),
    take: (action, suits = () => true) =>
      first(orders, (order) =>
        order.action === action && suits(order.settings) ? fire(order) : undefined,
      ),
    clear() {
      orders.splice(0)
      this.downUntilMs = 0
    },
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
