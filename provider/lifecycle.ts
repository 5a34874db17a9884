/**
 * The entry that the state of every stack names: `__provider` is `exports.handler=()=>require("pulumi-chroot/lifecycle").<name>`.
 * This path, these names and every shape of state that was ever written stay readable for ever. It only delegates.
 */
import { printableVerbs } from "./dynamic/printable-verbs";
import { jailKind } from "./resources/jail/kind";
import { jailFileKind } from "./resources/jail-file/kind";
import { permissionRuleKind } from "./resources/permission-rule/kind";
import { wrapperKind } from "./resources/wrapper/kind";

export const jail = printableVerbs(jailKind);
export const jailFile = printableVerbs(jailFileKind);
export const permissionRule = printableVerbs(permissionRuleKind);
export const wrapper = printableVerbs(wrapperKind);
