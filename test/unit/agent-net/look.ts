import type { Observed } from '../../../agent/host/index.ts'
import { unmarked, wantedOf } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import type { Model } from './model.ts'

/** How many trusted namespaces a look enters; few, so that a right mark hides damage for a while. */
export const readInTurn = 2

export type Look = (spec: HostSpec) => Observed

/**
 * The agent's eyes: settings it asks for, namespaces without the right mark, and of the trusted ones
 * a few in turn. What cannot be entered is known only once it is tried. As `createObserver` does.
 */
export function createLook(model: Model): Look {
  let turn = 0
  return (spec) => {
    const all = model.observed()
    const first: Observed = {
      host: { ...all.host, sysctls: {} },
      namespaces: all.namespaces,
      inside: {},
      broken: [],
    }
    const wanted = wantedOf(spec, first)
    const present = wanted.routers.filter(({ namespace }) => all.namespaces.includes(namespace))
    const suspect = new Set(unmarked(wanted, first))
    const trusted = present.filter(({ namespace }) => !suspect.has(namespace))
    const inTurn = Array.from(
      { length: Math.min(readInTurn, trusted.length) },
      (_, index) => trusted[(turn + index) % trusted.length],
    ).filter((router) => router !== undefined)
    turn += readInTurn
    const chosen = [...present.filter(({ namespace }) => suspect.has(namespace)), ...inTurn]
    const inside: Record<string, Observed['host']> = {}
    for (const { namespace, inside: want } of chosen) {
      const stack = all.inside[namespace]
      if (stack === undefined) continue
      inside[namespace] = { ...stack, sysctls: asked(stack.sysctls, want.sysctls) }
    }
    return {
      host: { ...all.host, sysctls: asked(all.host.sysctls, wanted.sysctls) },
      namespaces: all.namespaces,
      inside,
      broken: all.broken.filter((name) => chosen.some(({ namespace }) => namespace === name)),
    }
  }
}

function asked(
  sysctls: Readonly<Record<string, string>>,
  wanted: readonly { readonly key: string }[],
): Record<string, string> {
  const keys = new Set(wanted.map(({ key }) => key))
  return Object.fromEntries(Object.entries(sysctls).filter(([key]) => keys.has(key)))
}
