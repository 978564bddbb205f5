import type { Gate } from '../../../lib/scaleway/index.ts'

const changes =
  /^(create|update|delete|ensure|release|detach|add|remove|status|chown|terminate|clear|migrate|install|admit|connect|set$|forget)/

/** Kills a controller at its nth change of the world, as kill -9 would: nothing of it goes on. */
export interface Reaper {
  /** How many changes were made. */
  readonly count: number
  readonly dead: Promise<void>
  /** The port, watched: calls of a dead controller never answer and do nothing. */
  watch<T extends object>(port: T): T
  /** A gate for requests to the cloud: each, reads too, is a point of death. */
  readonly gate: Gate
}

export function createReaper(killAt: number, when: 'before' | 'after'): Reaper {
  let count = 0
  let dead = false
  const { promise, resolve } = Promise.withResolvers<void>()
  const never = new Promise<never>(() => {})
  const die = (): Promise<never> => {
    dead = true
    resolve()
    return never
  }
  const call = async <T>(risky: boolean, work: () => T | Promise<T>): Promise<T> => {
    if (dead) return never
    const fatal = risky && ++count === killAt
    if (fatal && when === 'before') return die()
    const answer = await work()
    if (dead) return never
    return fatal ? die() : answer
  }
  const watch = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member === 'object' && member !== null) return watch(member)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        // These answer at once and are never awaited.
        if (name === 'hardware') return (...given: unknown[]) => watch(member.apply(target, given))
        if (['controllerKey', 'userData', 'now'].includes(name)) return member.bind(target)
        return (...given: unknown[]) => call(changes.test(name), () => member.apply(target, given))
      },
    })
  return {
    get count() {
      return count
    },
    dead: promise,
    watch,
    gate: { pass: (work) => call(true, work) },
  }
}
