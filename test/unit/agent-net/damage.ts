import fc from 'fast-check'
import type { Choice, Hand } from './damage/hand.ts'
import { life } from './damage/life.ts'
import { links } from './damage/links.ts'
import { namespaces } from './damage/namespaces.ts'
import { rules } from './damage/rules.ts'
import { stack } from './damage/stack.ts'
import type { Kernel } from './kernel/world.ts'

export type { Hand } from './damage/hand.ts'

/**
 * What hands, stock drivers, crashes and reboots do to a host: each damage finds its victim in the
 * state it meets, and is a line of a shell for the real kernel and its effect for the model.
 */
export interface Damage extends Choice {
  readonly what: DamageName
}

/** Seeds draw them by their number: another order makes other histories of the same seed. */
const deeds = { ...links, ...stack, ...rules, ...namespaces, ...life }

export type DamageName = keyof typeof deeds
export const damageNames = Object.keys(deeds) as DamageName[]

/** What a damage comes to here; nothing when there is no victim. */
export function handsOf(kernel: Kernel, damage: Damage): readonly Hand[] {
  return deeds[damage.what](kernel, damage)
}

/** What the kernel refuses a hand, does not happen. */
export function inflict(kernel: Kernel, damage: Damage): void {
  for (const { act } of handsOf(kernel, damage)) {
    try {
      act(kernel)
    } catch {
      return
    }
  }
}

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
  what: fc.constantFrom(...damageNames),
  pick: fc.nat({ max: 40 }),
  how: fc.nat({ max: 11 }),
})
