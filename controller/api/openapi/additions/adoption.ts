import { price } from '../examples.ts'
import type { RouteDocs } from '../route-doc.ts'
import { Adoption } from '../schemas/index.ts'
import { ofDocument, ours } from './ours.ts'

const example = {
  ...{ dry_run: true, provision: { id: 5, name: 'edge-a' } },
  provider: { id: 8, name: 'scw-par2' },
  found: [{ where: 'Scaleway', what: 'VPC provision_5_vpc_0a1b2c3d4e5f' }],
  change: [
    {
      ...{ where: 'document', object: 'provision 5' },
      what: 'its provider becomes 8 (scw-par2) instead of 3',
    },
  ],
  ...{ in_the_way: [], stays_behind: [], price, plan: '5f2c1b0a5f2c1b0a5f2c1b0a5f2c1b0a' },
}

/** A stock provision becomes one of ours. */
export const adoption: RouteDocs = {
  'POST /provisions/:id/adopt': {
    ...ours,
    summary: 'Take over a stock provision',
    description:
      'With `dry_run` it looks up what the stock Scaleway driver made for it, tells what would be changed ' +
      'and changes nothing; without, it is done, unless something is in the way or `plan` is given and the ' +
      'plan is another by now. See [beside-oneform.md](beside-oneform.md).',
    answers: {
      200: { schema: Adoption, example },
      202: { schema: Adoption, example: { ...example, dry_run: false } },
    },
    errors: ofDocument,
    request: { dry_run: true },
  },
}
