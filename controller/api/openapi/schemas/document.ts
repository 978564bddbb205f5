import { type TSchema, Type } from 'typebox'

const flag = Type.Enum(['0', '1'])
const rights = ['OWNER', 'GROUP', 'OTHER'].flatMap((who) =>
  ['U', 'M', 'A'].map((r) => `${who}_${r}`),
)

/** oned's envelope of a document; every number in it is text. */
export const envelope = (template: Record<string, TSchema>) =>
  Type.Object({
    DOCUMENT: Type.Object({
      ...Object.fromEntries(
        ['ID', 'UID', 'GID'].map((name) => [name, Type.String({ pattern: '^\\d+$' })]),
      ),
      ...Object.fromEntries(
        ['UNAME', 'GNAME', 'NAME', 'TYPE'].map((name) => [name, Type.String()]),
      ),
      PERMISSIONS: Type.Object(Object.fromEntries(rights.map((name) => [name, flag]))),
      TEMPLATE: Type.Object(template),
    }),
  })
