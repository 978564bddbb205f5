import type { Row } from '../report.ts'
import { latency } from './latency.ts'
import { move } from './move.ts'
import { oneMore } from './one-more.ts'
import { programming } from './programming.ts'
import { rest } from './rest.ts'
import { scale } from './scale.ts'
import { withdrawal } from './withdrawal.ts'

/** What `npm run bench:agent` measures, in this order; each may be named alone. */
export const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  programming,
  'one-more': oneMore,
  latency,
  scale,
  withdrawal,
  move,
  rest,
}
