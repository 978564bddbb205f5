import { AnswerLost } from './answer-lost.ts'
import type { Client } from './client.ts'
import { type Done, each } from './each.ts'
import { Declined, Failure, failed, interrupted, NoSuchRoute } from './failure.ts'
import { interruptible } from './interrupt.ts'
import { type Progress, plainProgress } from './progress.ts'
import { watch } from './watch.ts'

export interface Work {
  readonly client: Client
  readonly provision: string
  /** States that mean success: RUNNING after a creation, DONE after an undeployment. */
  readonly wanted: readonly string[]
  /** Starts the work, once it is being listened to; without, it has started already. */
  readonly start?: () => Promise<void>
  /** Where progress is shown; as fits stderr unless given. */
  readonly progress?: Progress
}

/**
 * Shows the progress of work on a provision until it ends. Throws a Failure that says what to do
 * when it ended badly. Ctrl-C ends the watching only, and says so.
 */
export async function watchWork(work: Work): Promise<void> {
  await interruptible((signal) => watchUntil(work, signal))
}

async function watchUntil(work: Work, signal: AbortSignal): Promise<void> {
  const { client, provision, wanted, start } = work
  const progress = work.progress ?? (await progressOn(process.stderr))
  const watching = { client, provision, signal, onEvent: progress.show }
  const stage = { asked: false, begun: start === undefined }
  const once = async () => {
    stage.asked = true
    await start?.()
    stage.begun = true
  }
  try {
    const state = await watch(watching, start && once)
    await progress.end()
    if (!wanted.includes(state)) throw unwanted(provision, state, progress.failure)
  } catch (error) {
    await progress.end()
    if (error instanceof NoSuchRoute) {
      // it was the work itself that this server has no route for
      if (stage.asked && !stage.begun) throw error
      if (!stage.asked) await start?.()
      throw unseen(provision)
    }
    const told = error instanceof Declined || error instanceof AnswerLost
    if (!(error instanceof Failure) || told || error.exitCode !== interrupted) throw error
    const follow = `edgectl provision logs ${provision} --follow`
    throw new Failure(
      `Work on provision ${provision} goes on; follow it with: ${follow}`,
      interrupted,
    )
  }
}

interface Order {
  readonly client: Client
  readonly wanted: readonly string[]
  readonly wait: boolean
  /** Asks for the work. */
  readonly start: (id: string) => Promise<void>
  /** Looks at all, or asks somebody about them, before anything is started; answers what is left. */
  readonly before?: (ids: readonly string[]) => Promise<readonly string[]>
  /** Once the work that was waited for has ended as wanted. */
  readonly after?: (id: string) => Promise<unknown>
}

/** Work on one provision, or on several at once, whose progress then comes line by line. */
export async function workOn(named: readonly string[], order: Order): Promise<Done> {
  const { client, wanted, wait, start, before, after } = order
  const several = named.length > 1
  const ids = before ? await before(named) : named
  if (!wait) return await each('provision', ids, start, { several })
  return await interruptible(async (signal) => {
    const act = async (id: string) => {
      const work = { client, wanted, provision: id, start: () => start(id) }
      const screen = several ? { progress: plainProgress(labelled(id)) } : {}
      await watchUntil({ ...work, ...screen }, signal).catch((error: unknown) => {
        // that one was not started is no reason to say nothing of those that were
        throw several && error instanceof Declined ? new Failure(error.message, interrupted) : error
      })
      await after?.(id)
    }
    return await each('provision', ids, act, { several, atOnce: true })
  })
}

function labelled(id: string): { write(text: string): unknown } {
  return { write: (text) => process.stderr.write(`${id.padStart(4)} ${text}`) }
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

/** Whoever waits takes success for RUNNING, say: so this is none, though the work may well end so. */
function unseen(provision: string): Failure {
  const show = `edgectl provision show ${provision}`
  return new Failure(
    `This server does not tell how work goes on, it is a stock OneForm server or an older edgectl; the work on provision ${provision} has begun, look with: ${show}; --no-wait does without`,
    failed,
  )
}
