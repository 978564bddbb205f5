import { Failure, failed } from './failure.ts'

export interface Lost {
  /** Method and path. */
  readonly asked: string
  readonly reason: string
  /** The command that shows what came of it. */
  readonly look: string
  /** In which what it was about is now, where that is known. */
  readonly state?: string
}

/** Something was asked for, and whether it was accepted never heard: to ask again may do it twice. */
export class AnswerLost extends Failure {
  readonly lost: Lost

  constructor(lost: Lost, exitCode = failed) {
    super(sentenceOf(lost), exitCode)
    this.lost = lost
  }
}

const topics: Readonly<Record<string, string>> = {
  drivers: 'driver',
  providers: 'provider',
  provisions: 'provision',
}

/** The command that shows what a route of the API is about: `/provisions/7/undeploy`, say. */
export function lookFor(path: string): string {
  const [, kind = '', id] = /^\/(\w+)(?:\/([\w-]+))?/.exec(path) ?? []
  const topic = topics[kind]
  if (topic === undefined) return `edgectl ${kind} list`
  const isOne = id !== undefined && path !== '/drivers/sync'
  return `edgectl ${topic} ${isOne ? `show ${id}` : 'list'}`
}

function sentenceOf({ asked, reason, look, state }: Lost): string {
  const now = state === undefined ? '' : `, the state is ${state}`
  return `No answer came to ${asked} (${reason})${now}; whether it was begun is not known; look with ${look} before asking again`
}
