// Walking a zod schema along a path: which schemas may hold there, which keys they know and which they cannot be without.

import type * as z from 'zod/mini';

export type Schema = z.core.$ZodType;
export type ObjectSchema = z.core.$ZodObject;
type Def = z.core.$ZodTypes['_zod']['def'];

/** A schema's definition, of which `type` tells the sort. */
export function defOf(schema: Schema): Def {
  return (schema as unknown as { readonly _zod: { readonly def: Def } })._zod.def;
}

/** The schemas that may hold at a path, with and without their wrappers. */
export function descend(schemas: readonly Schema[], path: readonly (string | number)[]): Schema[] {
  let here = schemas.flatMap(unwrap);
  for (const part of path) here = here.flatMap((schema) => childrenOf(schema, part)).flatMap(unwrap);
  return here;
}

function unwrap(schema: Schema): Schema[] {
  const def = defOf(schema);
  if (def.type === 'optional' || def.type === 'nullable') return [schema, ...unwrap(def.innerType)];
  if (def.type === 'union') return [schema, ...def.options.flatMap((option) => unwrap(option))];
  return [schema];
}

function childrenOf(schema: Schema, part: string | number): Schema[] {
  const def = defOf(schema);
  if (def.type === 'array') return [def.element];
  if (def.type === 'record') return [def.valueType];
  if (def.type !== 'object') return [];
  const child = Object.hasOwn(def.shape, part) ? def.shape[part as string] : def.catchall;
  return child === undefined ? [] : [child];
}

/** The maps among the schemas, whatever they are wrapped in. */
export function objectsOf(schemas: readonly Schema[]): ObjectSchema[] {
  return schemas.flatMap(unwrap).filter((schema) => defOf(schema).type === 'object') as ObjectSchema[];
}

export function requiredKeys(object: ObjectSchema): string[] {
  return Object.entries(object._zod.def.shape).flatMap(([key, schema]) => (defOf(schema as Schema).type === 'optional' ? [] : [key]));
}

export function keysOf(objects: readonly ObjectSchema[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object._zod.def.shape)))];
}
