import type { Client } from './client.ts'
import { Failure, failed, interrupted } from './failure.ts'
import { type Progress, plainProgress } from './progress.ts'
import { watch } from './watch.ts'

export interface Work {
  readonly client: Client
  readonly provision: string
  /** States that mean success: RUNNING after a creation, DONE after an undeployment. */
  readonly wanted: readonly string[]
  /** Starts the work, once it is being listened to; without, it has started already. */
  readonly start?: () => Promise<void>
}

/**
 * Shows the progress of work on a provision until it ends. Throws a Failure that says what to do
 * when it ended badly. Ctrl-C ends the watching only, and says so.
 */
export async function watchWork({ client, provision, wanted, start }: Work): Promise<void> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  const progress = await progressOn(process.stderr)
  const watching = { client, provision, signal: stop.signal, onEvent: progress.show }
  try {
    const state = await watch(watching, start)
    await progress.end()
    if (!wanted.includes(state)) throw unwanted(provision, state, progress.failure)
  } catch (error) {
    await progress.end()
    if (!(error instanceof Failure) || error.exitCode !== interrupted) throw error
    const follow = `edgectl provision logs ${provision} --follow`
    throw new Failure(
      `Work on provision ${provision} goes on; follow it with: ${follow}`,
      interrupted,
    )
  } finally {
    process.off('SIGINT', onSignal)
  }
}

/** A task list on a terminal, a line for each event elsewhere; both on stderr. */
async function progressOn(screen: NodeJS.WriteStream): Promise<Progress> {
  if (!screen.isTTY) return plainProgress(screen)
  const { taskProgress } = await import('./task-progress.ts')
  return taskProgress()
}

function unwanted(provision: string, state: string, failure: string | undefined): Failure {
  const why = failure === undefined ? '' : `: ${failure}`
  const retry = `edgectl provision retry ${provision}`
  const next =
    state === 'DONE'
      ? `nothing is left of it, edgectl provision logs ${provision} tells more`
      : state === 'SCALING_FAILURE'
        ? `${retry} goes on with the change, ${retry} --give-up leaves out what has not come`
        : `${retry} goes on from there, edgectl provision undeploy ${provision} --force removes it`
  return new Failure(`Provision ${provision} ended in ${state}${why}; ${next}`, failed)
}
