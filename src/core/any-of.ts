/** One expression for all these forms, any of which is enough; a flag of one is a flag of all. */
export function anyOf(...forms: readonly RegExp[]): RegExp {
  const flags = new Set(forms.flatMap((form) => [...form.flags]));
  return new RegExp(forms.map(({ source }) => source).join('|'), [...flags].join(''));
}
