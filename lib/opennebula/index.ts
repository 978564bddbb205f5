export {
  type Attribute,
  renderTemplate,
  scalarOf,
  type Template,
  type TemplateInput,
  type Vector,
  vectorOf,
  vectorsOf,
} from './template.ts'
export {
  allAt,
  integerAt,
  parseXml,
  templateFrom,
  textAt,
  vectorFrom,
  type XmlNode,
} from './xml.ts'
