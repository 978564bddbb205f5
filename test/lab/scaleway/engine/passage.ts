/** A request as somebody at the door sees it. */
export interface DoorCall {
  readonly id: string
  readonly method: string
  /** The product's own pattern: `/flexible-ip/v1alpha1/zones/:zone/fips/:fip_id`. */
  readonly route: string
  readonly url: string
  readonly body: unknown
}

/** `vanish`: the connection breaks. `fail`: 500, whatever was done. */
export type Passage = 'pass' | 'vanish' | 'fail'

/**
 * Somebody at the door, who may hold each request for as long as he likes: before it has done anything,
 * and when it is done but not answered.
 */
export interface Door {
  enter(call: DoorCall): Passage | Promise<Passage>
  leave(call: DoorCall): Passage | Promise<Passage>
}
