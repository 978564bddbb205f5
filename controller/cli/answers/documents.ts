import type { OneObjects, Scaling } from '../../documents/index.ts'

/** A document as the API answers it, its DOCUMENT wrapper taken off. */
export interface DocumentAnswer {
  readonly ID: string
  readonly NAME: string
  readonly UNAME: string
  readonly GNAME: string
  readonly PERMISSIONS: Readonly<Record<string, string>>
}

export interface ProviderAnswer extends DocumentAnswer {
  readonly TEMPLATE: {
    readonly PROVIDER_BODY: {
      readonly description: string
      readonly driver: string
      readonly version: string
      readonly connection: Readonly<Record<string, unknown>>
      readonly provision_ids: readonly number[]
      readonly registration_time: number
    }
  }
}

export interface ProvisionAnswer extends DocumentAnswer {
  readonly TEMPLATE: {
    readonly PROVISION_BODY: {
      readonly description: string
      readonly state: string
      readonly provider_id: number
      readonly user_inputs_values: Readonly<Record<string, unknown>>
      readonly one_objects: OneObjects
      readonly tags: Readonly<Record<string, string>>
      readonly registration_time: number
      readonly historic: readonly {
        readonly action: string
        readonly description: string
        readonly time: number
      }[]
      /** What is to come and go; absent at rest, and from a stock OneForm server. */
      readonly scaling?: Scaling
    }
  }
}

/** What of others is on a provision: kinds of places, places by id, kinds of objects, their ids. */
export type UnmanagedAnswer = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
>
