import type { Changes } from './changes.ts'
import type { Ending } from './drive.ts'
import type { Listener, LogLevel } from './events.ts'
import type { Unmanaged } from './unmanaged.ts'

/** The work on provisions. Each call resolves once the work is accepted, not when it is done. */
export interface Lifecycle {
  /** Begins a PENDING provision. */
  create(id: number): Promise<void>
  /**
   * Does the work of the state that failed once more, and that of APPLYING before where servers vanished since;
   * giving up, only what of a change has not come is taken back, and of what is taken over from a stock server
   * the servers and addresses that are gone by now are left out. Forced, a removal that failed goes on as a
   * forced one. Throws EDGE_PROVISION_STATE, EDGE_PROVISION_BUSY.
   */
  retry(
    id: number,
    options?: { readonly giveUp?: boolean; readonly force?: boolean },
  ): Promise<void>
  /**
   * Changes a RUNNING provision, one thing at a time. What cannot be done now is refused before anything
   * is changed or costs money. Throws EDGE_PROVISION_STATE, EDGE_PROVISION_BUSY, and what is in the way.
   */
  readonly change: Changes
  /**
   * Takes everything back; work under way is stopped only when forced. Throws EDGE_PROVISION_STATE,
   * EDGE_PROVISION_BUSY, EDGE_PROVISION_UNMANAGED.
   */
  undeploy(id: number, options: { readonly force: boolean }): Promise<void>
  /** What others keep on it, as undeploy without force would refuse. */
  unmanaged(id: number): Promise<Unmanaged>
  /** After a start: goes on with all work that was interrupted, and attends to what runs. */
  resume(): Promise<void>
  /** Tells those who follow a provision of what happened to it outside of any work. */
  tell(id: number, level: LogLevel, text: string): void
  /** Every event from now on; answers how to stop listening. */
  subscribe(listener: Listener): () => void
  /**
   * Resolves when the work on this provision that is under way now has ended, with how it did: somebody
   * else's may have begun by then. Undefined when none was, or it was stopped where it is.
   */
  idle(id: number): Promise<Ending | undefined>
  /** Stops all work where it is; the next start resumes it. */
  close(): Promise<void>
}
