import type { CommandNode, CompoundList } from "unbash";

/** A list of commands in a compound command. */
export interface InnerList {
  readonly list: CompoundList;
  /** Whether the list only decides which others run. */
  readonly isCondition: boolean;
}

/** The lists of commands in a compound command. Tests and arithmetic have none; the body of a function only runs when it is called. */
export function listsIn(node: CommandNode): InnerList[] {
  const body = (list: CompoundList): InnerList => ({ list, isCondition: false });
  const condition = (list: CompoundList): InnerList => ({ list, isCondition: true });
  switch (node.type) {
    case "Subshell":
    case "BraceGroup":
    case "For":
    case "Select":
    case "ArithmeticFor":
      return [body(node.body)];
    case "If": {
      const branches = [node, ...node.elif].flatMap(({ clause, then }) => [condition(clause), body(then)]);
      return node.else === undefined ? branches : [...branches, body(node.else)];
    }
    case "While":
      return [condition(node.clause), body(node.body)];
    case "Case":
      return node.items.map((item) => body(item.body));
    default:
      return [];
  }
}
