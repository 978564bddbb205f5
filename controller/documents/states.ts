/** OneForm's provision states and their numbers in the document. */
export const states = {
  PENDING: 0,
  INIT: 1,
  PLANNING: 2,
  APPLYING: 3,
  CONFIGURING_PROVISION: 4,
  CONFIGURING_ONE: 5,
  RUNNING: 6,
  SCALING: 7,
  DEPROVISIONING_ONE: 8,
  DEPROVISIONING: 9,
  DONE: 10,
  INIT_FAILURE: 11,
  PLANNING_FAILURE: 12,
  APPLYING_FAILURE: 13,
  CONFIGURING_PROVISION_FAILURE: 14,
  CONFIGURING_ONE_FAILURE: 15,
  SCALING_FAILURE: 16,
  DEPROVISIONING_ONE_FAILURE: 17,
  DEPROVISIONING_FAILURE: 18,
  DONE_FAILURE: 19,
} as const

export type StateName = keyof typeof states

const names = new Map<number, StateName>(
  Object.entries(states).map(([name, number]) => [number, name as StateName]),
)

/** The name of a state's number. Throws RangeError for a number OneForm does not know. */
export function stateName(state: number): StateName {
  const name = names.get(state)
  if (name === undefined) throw new RangeError(`No provision state has the number ${state}`)
  return name
}
