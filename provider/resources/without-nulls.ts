import { z } from "zod";
import { isMap, type Values } from "../model/values";
import type { ResourceKind } from "./kind";

/**
 * An argument whose Output has no value comes as null: it counts as not given, as does a property of an argument that is an object. In
 * a map whose keys the program chooses a null stays, and is a mistake.
 */
export function withoutNulls({ schema }: Pick<ResourceKind, "schema">, values: Readonly<Values>): Values {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [key, cleaned(schema.shape[key], value)]));
}

function cleaned(argument: unknown, value: unknown): unknown {
  const shape = shapeOf(argument);
  if (!shape || !isMap(value)) return value;
  const given = Object.entries(value).filter(([key, one]) => one !== null || !(key in shape));
  return Object.fromEntries(given.map(([key, one]) => [key, cleaned(shape[key], one)]));
}

function shapeOf(argument: unknown): z.ZodObject["shape"] | undefined {
  if (argument instanceof z.ZodOptional || argument instanceof z.ZodExactOptional) return shapeOf(argument.unwrap());
  return argument instanceof z.ZodObject ? argument.shape : undefined;
}
