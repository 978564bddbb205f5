import type { Parameter } from './method.ts'

/** A call as somebody at oned's door sees it. */
export interface OnedCall {
  /** `one.host.allocate`. */
  readonly method: string
  /** Without the session. */
  readonly parameters: readonly Parameter[]
}

/** `vanish`: the connection breaks. `fail`: HTTP 500, whatever was done. */
export type OnedPassage = 'pass' | 'vanish' | 'fail'

/**
 * Somebody at the door, who may hold each call of a client for as long as he likes: before it has done
 * anything, and when it is done but not answered.
 */
export interface OnedDoor {
  enter(call: OnedCall): OnedPassage | Promise<OnedPassage>
  leave(call: OnedCall): OnedPassage | Promise<OnedPassage>
}
