import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { LineOf, ListOf, Word } from "../protocol";
import type { List, Reply } from "./reply";

/** A request whose reply has not ended, and the parts that have come. */
export interface Pending {
  readonly line: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly lines: [LineOf<Word>, string][];
  readonly entries: Map<Bytes, Live>;
  readonly lists: Map<ListOf<Word>, List>;
}
