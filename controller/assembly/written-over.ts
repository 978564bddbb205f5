import type { Logger } from '../../lib/log/index.ts'
import { provisionType } from '../documents/index.ts'

/**
 * A request to a stock OneForm server that was under way when a provision was taken over writes the whole
 * document as it was before: nobody works on it from then on, and only this says so.
 */
export function tellWrittenOver(
  { id, type }: { readonly id: number; readonly type: number },
  logger: Logger,
  tell: (provision: number, level: 'error', sentence: string) => void,
): void {
  if (type !== provisionType) return
  const sentence =
    `Another OneForm server has written its own document over that of provision ${id}: edgectl does nothing ` +
    'for it any more, and nothing that it did was undone. When that server has no request for it under way ' +
    `take it over again: edgectl provision adopt ${id}`
  logger.error('a provision was written over by another server', { provision: id, why: sentence })
  tell(id, 'error', sentence)
}
